-- messages with integers for ids; customer: who wrote it, null for an agent's
SELECT
    CAST(external_id AS BIGINT) AS id,
    CAST(substr(parent_interaction_id, length(platform_type) + 2) AS BIGINT) AS parent,
    CASE WHEN author_role = 'customer' THEN CAST(participant_external_id AS BIGINT) END AS customer,
    interaction_timestamp,
    content_text
FROM interactions
