-- the messages to be placed, numbered; in_scope: interaction_id of those, or all
SELECT
    row_number() OVER () - 1 AS node,
    i.interaction_id,
    i.external_id,
    i.platform_type,
    i.participant_external_id,
    i.author_role,
    i.brand_account_id,
    i.interaction_timestamp,
    i.parent_interaction_id
FROM scope AS i
