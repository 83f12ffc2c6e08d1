-- the customer's first message of each conversation
SELECT conversation, node
FROM (
    SELECT
        m.conversation,
        m.node,
        row_number() OVER (
            PARTITION BY m.conversation
            ORDER BY n.interaction_timestamp, r.depth, length(n.external_id), n.external_id
        ) AS place
    FROM members AS m
    JOIN rooted AS r ON r.node = m.node
    JOIN nodes AS n ON n.node = m.node
    WHERE r.is_customer
) AS ordered
WHERE place = 1
