-- every conversation, at the latest stored message
SELECT DISTINCT
    conversation_id AS moment_id,
    conversation_id,
    (SELECT max(interaction_timestamp) FROM interactions) AS as_of
FROM new_turns
