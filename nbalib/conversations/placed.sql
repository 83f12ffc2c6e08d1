-- the messages of each conversation with what was read in them, and what they are ordered by
SELECT
    k.conversation,
    k.conversation_id,
    k.thread_root_id,
    k.customer_id,
    k.platform_type,
    n.interaction_id,
    n.author_role,
    k.is_opening,
    n.interaction_timestamp,
    CASE WHEN n.author_role = 'customer' THEN b.brand ELSE n.brand_account_id END AS brand_account_id,
    CASE WHEN n.author_role = 'customer' THEN b.known_at END AS brand_known_at,
    s.flags,
    s.asked_for,
    s.promised,
    CASE WHEN n.author_role = 'customer' THEN CAST(round(s.mood * 10000) AS BIGINT) END AS mood_points,
    CASE WHEN n.author_role = 'customer' THEN s.topic END AS topic,
    CASE WHEN n.author_role = 'customer' THEN s.language END AS language,
    s.part,
    l.depth,
    n.external_id
FROM (
    SELECT c.*, m.node, FALSE AS is_opening
    FROM members AS m
    JOIN conversation_keys AS c ON c.conversation_id = m.conversation_id
    UNION ALL
    SELECT c.*, o.ancestor AS node, TRUE AS is_opening
    FROM openings AS o
    JOIN conversation_keys AS c ON c.conversation_id = o.conversation_id
    LEFT JOIN members AS m ON m.conversation_id = o.conversation_id AND m.node = o.ancestor
    WHERE m.node IS NULL
) AS k
JOIN nodes AS n ON n.node = k.node
JOIN links AS l ON l.node = k.node
JOIN readings AS s ON s.node = k.node
LEFT JOIN named_brands AS b ON b.node = k.node
