-- when, before their ends, more became known of conversations: by a message, or when an account that one
-- names was known to be a brand's; met: place, conversation_id, ended
SELECT DISTINCT place, epoch_us(known_at) AS begin_at
FROM (
    SELECT
        m.place,
        m.ended,
        unnest([t.interaction_timestamp, greatest(t.interaction_timestamp, t.brand_known_at)]) AS known_at
    FROM met AS m
    JOIN turns AS t ON t.conversation_id = m.conversation_id
    WHERE NOT t.is_opening
) AS known
WHERE known_at < ended
ORDER BY place, begin_at
