-- the messages known at one instant, in order; $at: null for all, $customer_ids: null for all
-- (the instant is asked of both tables: DuckDB looks customers up only where no other filter is for `turns` alone)
SELECT
    t.conversation_id,
    t.is_opening,
    t.interaction_timestamp,
    t.author_role,
    i.participant_external_id,
    i.content_text
FROM turns AS t
JOIN interactions AS i ON i.interaction_id = t.interaction_id
WHERE (CAST($customer_ids AS VARCHAR[]) IS NULL OR list_contains(CAST($customer_ids AS VARCHAR[]), t.customer_id))
    AND coalesce(
        greatest(t.interaction_timestamp, i.interaction_timestamp) <= CAST($at AS TIMESTAMPTZ), TRUE
    )
ORDER BY t.conversation_id, t.turn
