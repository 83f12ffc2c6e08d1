-- each message with the number of the message it answers (-1: none that can be followed)
-- An answer dated before what it answers is not followed: what it answers was not known then.
SELECT
    c.*,
    CASE WHEN p.interaction_timestamp <= c.interaction_timestamp THEN p.node ELSE -1 END AS parent_node,
    coalesce(p.interaction_timestamp > c.interaction_timestamp, FALSE) AS answers_later
FROM messages AS c
LEFT JOIN messages AS p ON p.interaction_id = c.parent_interaction_id
