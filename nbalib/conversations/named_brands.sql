-- for each customer's message, the brand it names: the one known longest, then the first named
WITH named AS (
    SELECT
        node,
        platform_type,
        unnest(string_split(mentions, ' ')) AS handle,
        unnest(range(1, len(string_split(mentions, ' ')) + 1)) AS place
    FROM (
        SELECT n.node, n.platform_type, s.mentions
        FROM nodes AS n
        JOIN readings AS s ON s.node = n.node
        WHERE n.author_role = 'customer' AND s.mentions <> ''
    ) AS mentioning
)
SELECT node, brand, known_at
FROM (
    SELECT
        named.node,
        k.brand,
        k.known_at,
        row_number() OVER (PARTITION BY named.node ORDER BY k.known_at NULLS FIRST, named.place) AS choice
    FROM named
    JOIN known_accounts AS k ON k.platform = named.platform_type AND k.handle = lower(named.handle)
) AS chosen
WHERE choice = 1
