-- every conversation one hour after its own last message
SELECT conversation_id, max(interaction_timestamp) + to_hours(1) AS as_of
FROM turns
WHERE NOT is_opening
    AND (CAST($customer_ids AS VARCHAR[]) IS NULL OR list_contains(CAST($customer_ids AS VARCHAR[]), customer_id))
GROUP BY conversation_id
