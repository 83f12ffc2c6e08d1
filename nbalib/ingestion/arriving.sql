-- One batch in the layout of `interactions`, with its row numbers.
-- In: `batch` (see sources/batches.py ROWS), `accounts` (platform, account in lower case, role, brand).
-- An agent without an entry is its own brand; a customer has none.
SELECT
    b.platform_type || ':' || b.external_id AS interaction_id,
    b.external_id,
    b.platform_type,
    b.participant_external_id,
    coalesce(a.role, b.platform_role) AS author_role,
    b.platform_role,
    CASE
        WHEN coalesce(a.role, b.platform_role) <> 'customer' THEN coalesce(a.brand, b.participant_external_id)
    END AS brand_account_id,
    b.content_text,
    b.content_metadata,
    b.interaction_timestamp,
    b.platform_type || ':' || b.parent_external_id AS parent_interaction_id,
    b.interaction_type,
    b.platform_metadata,
    b.edited_at,
    $origin || b.row_number || '}' AS processing_metadata,
    CAST($loaded_at AS TIMESTAMPTZ) AS created_at,
    b.row_number
FROM batch AS b
LEFT JOIN accounts AS a
    ON a.platform = b.platform_type AND a.account = lower(b.participant_external_id)
