-- open issues of the customer with the brand at each moment, the conversation's own included
-- A conversation whose last message is not after the moment counts as it stands at its end.
SELECT
    s.conversation_id,
    count(CASE WHEN s.resolution_status = 'open' THEN 1 END) OVER (
        PARTITION BY s.customer_id, s.brand_account_id
        ORDER BY s.conversation_end_timestamp
        RANGE BETWEEN UNBOUNDED PRECEDING AND to_hours($hours_ahead) FOLLOWING
    ) + coalesce(b.n_open, 0) AS n_open_issues
FROM states AS s
LEFT JOIN (
    SELECT beside, count(*) AS n_open
    FROM states_between
    WHERE resolution_status = 'open' AND brand_account_id IS NOT DISTINCT FROM beside_brand
    GROUP BY beside
) AS b ON b.beside = s.conversation_id
ORDER BY s.conversation_id
