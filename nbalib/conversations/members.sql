-- which message belongs to which conversation, counted messages only
WITH rooted AS (
    SELECT
        n.*,
        l.depth,
        l.nearest_customer,
        -- the top of a thread that answers something is below an absent message: that one is the root
        coalesce(substr(t.parent_interaction_id, length(t.platform_type) + 2), t.external_id) AS thread_root_id
    FROM nodes AS n
    JOIN links AS l ON l.node = n.node
    JOIN nodes AS t ON t.node = l.top
),
addressed AS (
    SELECT DISTINCT node, customer
    FROM (
        SELECT
            r.node,
            r.platform_type,
            r.interaction_timestamp,
            unnest(string_split(s.leading_mentions, ' ')) AS customer
        FROM rooted AS r
        JOIN signals AS s ON s.interaction_id = r.interaction_id
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
