-- each message with its thread's root; the top of a thread that answers something is below an absent message
SELECT
    n.*,
    l.depth,
    l.nearest_customer,
    coalesce(substr(t.parent_interaction_id, length(t.platform_type) + 2), t.external_id) AS thread_root_id
FROM nodes AS n
JOIN links AS l ON l.node = n.node
JOIN nodes AS t ON t.node = l.top
