-- conversations of the same customer that were under way at a moment of another one
-- (one of a single message has no duration and is never under way)
SELECT
    o.conversation_id,
    s.as_of,
    s.conversation_id AS beside,
    s.brand_account_id AS beside_brand
FROM states AS s
JOIN states AS o ON o.customer_id = s.customer_id
WHERE o.conversation_id <> s.conversation_id
    AND o.conversation_start_timestamp < o.conversation_end_timestamp
    AND o.conversation_start_timestamp <= s.as_of
    AND o.conversation_end_timestamp > s.as_of
