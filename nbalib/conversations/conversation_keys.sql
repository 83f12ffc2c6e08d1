-- each conversation once, numbered in the order of its name
SELECT
    row_number() OVER (ORDER BY conversation_id) - 1 AS conversation,
    conversation_id,
    any_value(thread_root_id) AS thread_root_id,
    any_value(customer_id) AS customer_id,
    any_value(platform_type) AS platform_type
FROM members
GROUP BY conversation_id
