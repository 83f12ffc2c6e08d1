-- what the customer had written last at each moment; moments: moment (int), conversation_id, as_of
SELECT m.moment, i.content_text AS words
FROM moments AS m
LEFT JOIN (
    SELECT moment, interaction_id
    FROM (
        SELECT
            m.moment,
            t.interaction_id,
            row_number() OVER (PARTITION BY m.moment ORDER BY t.turn DESC) AS place
        FROM moments AS m
        JOIN turns AS t ON t.conversation_id = m.conversation_id
        WHERE NOT t.is_opening AND t.author_role = 'customer' AND t.interaction_timestamp <= m.as_of
    ) AS written
    WHERE place = 1
) AS last ON last.moment = m.moment
LEFT JOIN interactions AS i ON i.interaction_id = last.interaction_id
ORDER BY m.moment
