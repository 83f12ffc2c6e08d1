-- the messages of each conversation with what was read in them, and what they are ordered by
SELECT
    k.conversation,
    k.conversation_id,
    k.thread_root_id,
    k.customer_id,
    k.platform_type,
    n.interaction_id,
    n.author_role,
    m.is_opening,
    n.interaction_timestamp,
    CASE WHEN r.is_customer THEN b.brand ELSE n.brand_account_id END AS brand_account_id,
    CASE WHEN r.is_customer THEN b.known_at END AS brand_known_at,
    coalesce(r.is_customer AND p.author_role = 'customer'
        AND p.participant_external_id <> n.participant_external_id, FALSE) AS is_aside,
    s.flags,
    s.asked_for,
    s.promised,
    CASE WHEN r.is_customer THEN CAST(round(s.mood * 10000) AS BIGINT) END AS mood_points,
    CASE WHEN r.is_customer THEN s.topic END AS topic,
    CASE WHEN r.is_customer THEN s.language END AS language,
    s.part,
    r.depth,
    n.external_id
FROM (
    SELECT conversation, node, FALSE AS is_opening FROM members
    UNION ALL
    SELECT o.conversation, o.ancestor AS node, TRUE AS is_opening
    FROM openings AS o
    LEFT JOIN members AS m ON m.conversation = o.conversation AND m.node = o.ancestor
    WHERE m.node IS NULL
) AS m
JOIN conversation_keys AS k ON k.conversation = m.conversation
JOIN rooted AS r ON r.node = m.node
JOIN nodes AS n ON n.node = m.node
LEFT JOIN nodes AS p ON p.node = n.parent_node
JOIN readings AS s ON s.node = m.node
LEFT JOIN named_brands AS b ON b.node = m.node
