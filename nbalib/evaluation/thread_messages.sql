-- the messages of one thread, in the order of time, with the external id of what each answers inside it
SELECT
    i.external_id,
    i.author_role,
    i.participant_external_id,
    i.interaction_timestamp,
    i.content_text,
    i.interaction_id,
    above.interaction_id AS answered_id
FROM threads AS t
JOIN interactions AS i ON i.interaction_id = t.interaction_id
LEFT JOIN threads AS above
    ON above.interaction_id = i.parent_interaction_id
    AND above.platform_type = t.platform_type
    AND above.thread_root_id = t.thread_root_id
    AND NOT (t.is_circular OR t.answers_later)
WHERE t.platform_type = $platform_type AND t.thread_root_id = $thread_root_id
ORDER BY i.interaction_timestamp, i.interaction_id
