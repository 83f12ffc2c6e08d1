-- where the messages of one thread stand: conversations in the order in which they began
SELECT
    t.interaction_id,
    t.is_opening,
    c.conversation_id,
    c.customer_id,
    c.total_interactions,
    c.resolution_status,
    c.awaiting
FROM turns AS t
JOIN conversations AS c ON c.conversation_id = t.conversation_id
WHERE t.platform_type = $platform_type AND t.thread_root_id = $thread_root_id
ORDER BY c.conversation_start_timestamp, c.conversation_id, t.turn
