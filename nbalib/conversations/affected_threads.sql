-- threads that touched messages stand in, join, leave or give their name to
-- threads: where each message was placed last; touched: messages to be placed again
SELECT platform_type, thread_root_id
FROM threads
WHERE interaction_id IN (
    SELECT interaction_id FROM touched
    UNION
    SELECT i.parent_interaction_id FROM interactions AS i SEMI JOIN touched AS t ON t.interaction_id = i.interaction_id
)
UNION
SELECT i.platform_type, i.external_id
FROM interactions AS i
SEMI JOIN touched AS t ON t.interaction_id = i.interaction_id
UNION
SELECT i.platform_type, substr(i.parent_interaction_id, length(i.platform_type) + 2)
FROM interactions AS i
SEMI JOIN touched AS t ON t.interaction_id = i.interaction_id
WHERE i.parent_interaction_id IS NOT NULL
