-- open issues of the customer with the brand at each moment, the moment's own included
-- A conversation whose last message is not after the moment counts as it stands at its end.
SELECT
    s.moment_id,
    count(CASE WHEN s.resolution_status = 'open' THEN 1 END) OVER (
        PARTITION BY s.customer_id, s.brand_account_id
        ORDER BY s.conversation_end_timestamp
        RANGE BETWEEN UNBOUNDED PRECEDING AND to_hours($hours_ahead) FOLLOWING
    ) + coalesce(b.n_open, 0) AS n_open_issues
FROM states AS s
LEFT JOIN (
    SELECT of_moment, count(*) AS n_open
    FROM between_states
    WHERE resolution_status = 'open' AND brand_account_id IS NOT DISTINCT FROM of_brand
    GROUP BY of_moment
) AS b ON b.of_moment = s.moment_id
