-- accounts flagged as customers that behave as a brand's own, with the evidence
WITH answering AS (
    SELECT
        i.platform_type AS platform,
        i.participant_external_id AS account,
        count(*) AS n_messages,
        count(DISTINCT CASE WHEN p.participant_external_id <> i.participant_external_id AND p.author_role = 'customer'
            THEN p.participant_external_id END) AS n_customers_answered,
        avg(CASE WHEN s.is_signed THEN 1.0 ELSE 0.0 END) AS share_signed,
        avg(CASE WHEN s.is_promotion THEN 1.0 ELSE 0.0 END) AS share_promotion
    FROM interactions AS i
    JOIN signals AS s ON s.interaction_id = i.interaction_id
    LEFT JOIN interactions AS p ON p.interaction_id = i.parent_interaction_id
    WHERE i.author_role = 'customer'
    GROUP BY i.platform_type, i.participant_external_id
),
named AS (
    SELECT platform, handle, count(DISTINCT writer) AS n_customers_naming
    FROM (
        SELECT
            i.platform_type AS platform,
            i.participant_external_id AS writer,
            lower(unnest(string_split(s.mentions, ' '))) AS handle
        FROM interactions AS i
        JOIN signals AS s ON s.interaction_id = i.interaction_id
        WHERE i.author_role = 'customer' AND s.mentions <> ''
    ) AS mentioned
    GROUP BY platform, handle
)
SELECT
    a.platform,
    a.account,
    a.n_messages,
    a.n_customers_answered,
    coalesce(n.n_customers_naming, 0) AS n_customers_naming,
    a.share_signed,
    a.share_promotion
FROM answering AS a
LEFT JOIN named AS n ON n.platform = a.platform AND n.handle = lower(a.account)
WHERE a.n_customers_answered >= 2 AND (a.share_signed >= 0.3 OR coalesce(n.n_customers_naming, 0) >= 5)
ORDER BY a.n_customers_answered * (1 + a.share_signed) DESC, a.platform, a.account
LIMIT 50
