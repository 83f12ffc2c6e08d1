-- the conversation as known at each moment, one line a message, and a hash of it
SELECT
    conversation_id,
    chat_log,
    substr(md5(chat_log), 1, 16) AS data_digest
FROM (
    SELECT
        s.conversation_id,
        string_agg(
            '[' || strftime(t.interaction_timestamp, '%Y-%m-%d %H:%M') || ' UTC] '
            || CASE WHEN t.author_role = 'customer' THEN 'Customer ' ELSE 'Agent ' END
            || i.participant_external_id || ': '
            || regexp_replace(i.content_text, '\s*[\r\n]+\s*', ' / ', 'g'),
            chr(10) ORDER BY t.turn
        ) AS chat_log
    FROM states AS s
    JOIN turns AS t ON t.conversation_id = s.conversation_id AND t.interaction_timestamp <= s.as_of
    JOIN interactions AS i ON i.interaction_id = t.interaction_id
    GROUP BY s.conversation_id
) AS logged
ORDER BY conversation_id
