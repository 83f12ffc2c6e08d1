-- messages that name an account whose brand, or whose being known, has changed
SELECT s.interaction_id
FROM signals AS s
WHERE s.mentions <> ''
    AND list_has_any(
        string_split(lower(s.mentions), ' '),
        (SELECT list(handle) FROM changed_accounts)
    )
