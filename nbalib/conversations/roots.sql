-- the tops of threads with their root: one that answers something stands below an absent message
-- Tops below the same absent message have the same root; `root` is the smallest of their numbers.
SELECT
    top,
    min(top) OVER (PARTITION BY platform_type, thread_root_id) AS root,
    platform_type,
    thread_root_id
FROM (
    SELECT
        n.node AS top,
        n.platform_type,
        coalesce(substr(n.parent_interaction_id, length(n.platform_type) + 2), n.external_id) AS thread_root_id
    FROM nodes AS n
    JOIN links AS l ON l.node = n.node
    WHERE l.top = n.node
) AS tops
