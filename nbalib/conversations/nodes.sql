-- one row per message, numbered, with the number of the message it answers (-1: none that can be followed)
-- An answer dated before what it answers is not followed: what it answers was not known then.
WITH numbered AS (
    SELECT
        row_number() OVER () - 1 AS node,
        interaction_id,
        external_id,
        platform_type,
        participant_external_id,
        author_role,
        brand_account_id,
        interaction_timestamp,
        parent_interaction_id
    FROM interactions
)
SELECT
    c.*,
    CASE WHEN p.interaction_timestamp <= c.interaction_timestamp THEN p.node ELSE -1 END AS parent_node,
    coalesce(p.interaction_timestamp > c.interaction_timestamp, FALSE) AS answers_later
FROM numbered AS c
LEFT JOIN numbered AS p ON p.interaction_id = c.parent_interaction_id
