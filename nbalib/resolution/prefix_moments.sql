-- instants of decision of the past: right at each message, and later while nobody wrote
-- An instant is kept or not by what was known then alone: the first ones of a conversation, never the last ones.
WITH messages AS (
    SELECT
        conversation_id,
        interaction_timestamp AS written_at,
        lead(interaction_timestamp) OVER (PARTITION BY conversation_id ORDER BY turn) AS next_at
    FROM turns
    WHERE NOT is_opening AND md5(conversation_id) < $below
),
instants AS (
    SELECT DISTINCT conversation_id, written_at + to_hours(delay) AS as_of
    FROM messages
    CROSS JOIN (SELECT unnest(CAST($delays AS INTEGER[])) AS delay) AS delays
    WHERE delay = 0 OR next_at IS NULL OR next_at > written_at + to_hours(delay)
),
placed AS (
    SELECT conversation_id, as_of, row_number() OVER (PARTITION BY conversation_id ORDER BY as_of) AS place
    FROM instants
)
SELECT row_number() OVER (ORDER BY conversation_id, as_of) AS moment, conversation_id, as_of
FROM placed
WHERE place <= $most
    AND (CAST($since AS TIMESTAMPTZ) IS NULL OR as_of > CAST($since AS TIMESTAMPTZ))
    AND (CAST($until AS TIMESTAMPTZ) IS NULL OR as_of <= CAST($until AS TIMESTAMPTZ))
