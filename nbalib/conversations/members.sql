-- which message belongs to which conversation, counted messages only
WITH addressed AS (
    SELECT DISTINCT node, customer
    FROM (
        SELECT
            r.node,
            r.platform_type,
            r.interaction_timestamp,
            unnest(string_split(s.leading_mentions, ' ')) AS customer
        FROM rooted AS r
        JOIN readings AS s ON s.node = r.node
        WHERE r.author_role <> 'customer' AND r.nearest_customer < 0 AND s.leading_mentions <> ''
    ) AS named
    LEFT JOIN known_accounts AS k
        ON k.platform = named.platform_type AND k.handle = lower(named.customer)
            AND (k.known_at IS NULL OR k.known_at <= named.interaction_timestamp)
    WHERE k.handle IS NULL
)
SELECT
    m.platform_type || ':' || m.thread_root_id || ':' || m.customer AS conversation_id,
    m.platform_type || ':' || m.customer AS customer_id,
    m.*
FROM (
    SELECT r.*, r.participant_external_id AS customer
    FROM rooted AS r
    WHERE r.author_role = 'customer'
    UNION ALL
    SELECT r.*, c.participant_external_id AS customer
    FROM rooted AS r
    JOIN nodes AS c ON c.node = r.nearest_customer
    WHERE r.author_role <> 'customer'
    UNION ALL
    SELECT r.*, a.customer
    FROM rooted AS r
    JOIN addressed AS a ON a.node = r.node
) AS m
