-- the messages of some conversations as known at one instant ($until: null for all), in their order
SELECT
    t.conversation_id,
    t.turn,
    t.author_role,
    t.is_opening,
    t.interaction_timestamp,
    i.participant_external_id,
    i.content_text
FROM turns AS t
JOIN interactions AS i ON i.interaction_id = t.interaction_id
WHERE list_contains(CAST($conversation_ids AS VARCHAR[]), t.conversation_id)
    AND (CAST($until AS TIMESTAMPTZ) IS NULL OR t.interaction_timestamp <= CAST($until AS TIMESTAMPTZ))
ORDER BY t.conversation_id, t.turn
