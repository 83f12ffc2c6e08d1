-- every conversation that had begun at one instant; $customer_ids: null for all
SELECT DISTINCT conversation_id, CAST($at AS TIMESTAMPTZ) AS as_of
FROM turns
WHERE NOT is_opening
    AND interaction_timestamp <= CAST($at AS TIMESTAMPTZ)
    AND (CAST($customer_ids AS VARCHAR[]) IS NULL OR list_contains(CAST($customer_ids AS VARCHAR[]), customer_id))
