-- the turns known at each moment, in order; moments: moment (int), conversation_id, as_of
SELECT m.moment, m.as_of, t.*
FROM moments AS m
JOIN turns AS t ON t.conversation_id = m.conversation_id
WHERE NOT t.is_opening AND t.interaction_timestamp <= m.as_of
ORDER BY m.moment, t.turn
