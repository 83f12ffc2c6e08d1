-- threads that touched messages stand in, join, leave or give their name to
-- threads: where each message was placed last; touched: messages to be placed again
WITH RECURSIVE looking AS (
    -- A message in a circle, or dated before what it answers, was judged by a message of another thread.
    SELECT t.platform_type, t.thread_root_id, p.thread_root_id AS other
    FROM threads AS t
    JOIN interactions AS i ON i.interaction_id = t.interaction_id
    JOIN threads AS p ON p.interaction_id = i.parent_interaction_id
    WHERE t.answers_later OR t.is_circular
),
affected AS (
    SELECT platform_type, thread_root_id
    FROM (
        SELECT platform_type, thread_root_id
        FROM threads
        WHERE interaction_id IN (
            SELECT interaction_id FROM touched
            UNION
            SELECT i.parent_interaction_id
            FROM interactions AS i
            SEMI JOIN touched AS t ON t.interaction_id = i.interaction_id
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
    ) AS first_found
    UNION
    SELECT l.platform_type, l.other
    FROM affected AS a
    JOIN looking AS l ON l.platform_type = a.platform_type AND l.thread_root_id = a.thread_root_id
)
SELECT platform_type, thread_root_id
FROM affected
