-- the customer's first message of each conversation
SELECT conversation_id, thread_root_id, customer_id, platform_type, node
FROM (
    SELECT
        *,
        row_number() OVER (
            PARTITION BY conversation_id
            ORDER BY interaction_timestamp, depth, length(external_id), external_id
        ) AS place
    FROM members
    WHERE author_role = 'customer'
) AS ordered
WHERE place = 1
