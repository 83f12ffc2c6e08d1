-- the messages of affected threads, and the touched ones
SELECT i.*
FROM interactions AS i
SEMI JOIN (
    SELECT t.interaction_id
    FROM threads AS t
    SEMI JOIN affected_threads AS a ON a.platform_type = t.platform_type AND a.thread_root_id = t.thread_root_id
    UNION
    SELECT interaction_id FROM touched
) AS s ON s.interaction_id = i.interaction_id
