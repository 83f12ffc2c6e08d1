-- accounts that speak for a brand, and since when that is known (null: since ever, by accounts.yaml)
SELECT
    platform,
    handle,
    coalesce(max(CASE WHEN listed THEN brand END), min(CASE WHEN NOT listed THEN brand END), min(account)) AS brand,
    CASE WHEN bool_or(listed) THEN NULL ELSE min(known_at) END AS known_at
FROM (
    SELECT platform, account, lower(account) AS handle, brand, CAST(NULL AS TIMESTAMPTZ) AS known_at, TRUE AS listed
    FROM accounts
    WHERE role <> 'customer'
    UNION ALL
    SELECT
        platform_type AS platform,
        min(participant_external_id) AS account,
        lower(participant_external_id) AS handle,
        min(brand_account_id) AS brand,
        min(interaction_timestamp) AS known_at,
        FALSE AS listed
    FROM interactions
    WHERE author_role <> 'customer'
    GROUP BY platform_type, lower(participant_external_id)
) AS known
GROUP BY platform, handle
