-- the customers whom agents' messages without a customer above them name first
SELECT DISTINCT named.node, named.platform_type, named.customer
FROM (
    SELECT
        n.node,
        n.platform_type,
        n.interaction_timestamp,
        unnest(string_split(s.leading_mentions, ' ')) AS customer
    FROM rooted AS r
    JOIN readings AS s ON s.node = r.node
    JOIN nodes AS n ON n.node = r.node
    WHERE NOT r.is_customer AND r.nearest_customer < 0 AND s.leading_mentions <> ''
) AS named
LEFT JOIN known_accounts AS k
    ON k.platform = named.platform_type AND k.handle = lower(named.customer)
        AND (k.known_at IS NULL OR k.known_at <= named.interaction_timestamp)
WHERE k.handle IS NULL
