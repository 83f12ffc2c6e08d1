-- threads and the conversation in each that is worth following; those with most to see on one page first:
-- several customers of whom more than one was answered, an opening, and a customer who waits for an answer
SELECT
    l.platform_type,
    l.thread_root_id,
    l.conversation_id
FROM (
    SELECT
        c.platform_type,
        c.thread_root_id,
        max_by(c.conversation_id, (c.is_waiting, c.total_interactions, c.conversation_id)) AS conversation_id,
        max(CASE WHEN c.is_waiting THEN c.total_interactions ELSE 0 END) AS n_waited_for,
        sum(c.total_interactions) AS n_counted,
        count(*) AS n_conversations,
        sum(CASE WHEN c.n_agent_messages > 0 THEN 1 ELSE 0 END) AS n_answered
    FROM (
        SELECT
            platform_type,
            thread_root_id,
            conversation_id,
            total_interactions,
            n_agent_messages,
            awaiting = 'agent' AND n_agent_messages > 0 AND last_customer_at > last_agent_at AS is_waiting
        FROM conversations
    ) AS c
    GROUP BY c.platform_type, c.thread_root_id
) AS l
LEFT JOIN (
    SELECT DISTINCT t.platform_type, t.thread_root_id
    FROM turns AS t
    WHERE t.is_opening
) AS o ON o.platform_type = l.platform_type AND o.thread_root_id = l.thread_root_id
ORDER BY
    l.n_counted <= $most_messages DESC,
    o.thread_root_id IS NOT NULL AND l.n_waited_for > 3 DESC,
    l.n_answered DESC,
    l.n_conversations DESC,
    l.thread_root_id
