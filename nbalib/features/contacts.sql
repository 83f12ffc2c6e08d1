-- the contacts that were made; $customer_ids: null for all
SELECT customer_id, conversation_id, sent_at
FROM contacts
WHERE CAST($customer_ids AS VARCHAR[]) IS NULL OR list_contains(CAST($customer_ids AS VARCHAR[]), customer_id)
