-- the counted turns known at one instant, in order; $at: null for all, $customer_ids: null for all
-- (the instant is compared inside CASE, for DuckDB looks customers up only where it can push no other filter down)
SELECT
    conversation_id,
    thread_root_id,
    customer_id,
    platform_type,
    author_role,
    interaction_id,
    interaction_timestamp,
    brand_account_id,
    brand_known_at,
    is_aside,
    starts_clock,
    answers_since,
    run,
    flags,
    asked_for,
    promised,
    mood_points,
    topic,
    language
FROM turns
WHERE (CAST($customer_ids AS VARCHAR[]) IS NULL OR list_contains(CAST($customer_ids AS VARCHAR[]), customer_id))
    AND CASE WHEN is_opening THEN FALSE ELSE coalesce(interaction_timestamp <= CAST($at AS TIMESTAMPTZ), TRUE) END
ORDER BY conversation_id, turn
