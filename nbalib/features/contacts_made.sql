-- contacts with the customer in the 7 days before each moment, and whether any followed the last message
SELECT
    s.conversation_id,
    count(CASE WHEN c.sent_at > s.as_of - to_days(7) THEN 1 END) AS n_contacts_7d,
    count(CASE WHEN c.conversation_id = s.conversation_id AND c.sent_at >= s.conversation_end_timestamp
        THEN 1 END) > 0 AS is_followed_up
FROM states AS s
LEFT JOIN contacts AS c ON c.customer_id = s.customer_id AND c.sent_at <= s.as_of
GROUP BY s.conversation_id
ORDER BY s.conversation_id
