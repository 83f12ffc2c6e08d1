-- one row per customer, from the conversations as stored
WITH totals AS (
    SELECT
        customer_id,
        min(platform_type) AS platform_type,
        count(*) AS total_conversations,
        sum(total_interactions) AS n_interactions,
        sum(n_customer_messages) AS n_customer_messages,
        count(CASE WHEN resolution_status = 'open' THEN 1 END) AS n_open,
        count(CASE WHEN resolution_status = 'resolved' THEN 1 END) AS n_resolved,
        count(CASE WHEN resolution_status = 'no_issue' THEN 1 END) AS n_no_issue,
        count(CASE WHEN resolution_status = 'open' AND awaiting = 'agent' THEN 1 END) AS n_waiting,
        count(CASE WHEN moved_private THEN 1 END) AS n_moved_private,
        min(coalesce(brand_account_id, '')) AS first_brand,
        max(coalesce(brand_account_id, '')) AS last_brand,
        sum(response_seconds_sum) AS response_seconds_sum,
        sum(n_responses) AS n_responses,
        sum(CAST(round(customer_sentiment_score * 10000) AS BIGINT)) AS mood_points,
        count(customer_sentiment_score) AS n_moods,
        max(conversation_end_timestamp) AS last_interaction_timestamp
    FROM profiled
    GROUP BY customer_id
),
-- Few customers write to several brands: only theirs are listed one by one.
brands AS (
    SELECT
        customer_id,
        count(CASE WHEN brand <> '' THEN 1 END) AS n_brands,
        string_agg(to_json(brand) || ':' || n, ',' ORDER BY brand) AS by_brand
    FROM (
        SELECT
            p.customer_id,
            coalesce(p.brand_account_id, '') AS brand,
            CAST(count(*) AS VARCHAR) AS n
        FROM profiled AS p
        JOIN totals AS t ON t.customer_id = p.customer_id
        WHERE t.first_brand <> t.last_brand
        GROUP BY p.customer_id, coalesce(p.brand_account_id, '')
    ) AS counted
    GROUP BY customer_id
)
SELECT
    t.customer_id,
    '{' || to_json(platform_type) || ':' || to_json(substr(t.customer_id, length(platform_type) + 2)) || '}'
        AS platform_accounts,
    '{"conversations":' || total_conversations || ',"interactions":' || n_interactions
        || ',"customer_messages":' || n_customer_messages || ',"open":' || n_open || ',"resolved":' || n_resolved
        || ',"no_issue":' || n_no_issue || ',"by_brand":{' || coalesce(b.by_brand, to_json(first_brand) || ':' || total_conversations)
        || '}}' AS interaction_history_summary,
    '[' || concat_ws(',',
        CASE WHEN total_conversations > 1 THEN '"returning"' END,
        CASE WHEN n_open > 1 THEN '"several_open_issues"' END,
        CASE WHEN n_waiting > 0 THEN '"waiting_for_an_answer"' END,
        CASE WHEN n_moved_private > 0 THEN '"asked_to_move_private"' END,
        CASE WHEN b.n_brands > 1 THEN '"several_brands"' END,
        CASE WHEN mood_points < -3000 * n_moods THEN '"mostly_negative"' END,
        CASE WHEN mood_points > 3000 * n_moods THEN '"mostly_positive"' END
    ) || ']' AS behavioral_tags,
    '[' || to_json(platform_type) || ']' AS preferred_channels,
    CAST(response_seconds_sum AS DOUBLE) / nullif(n_responses, 0) AS avg_response_time,
    CAST(response_seconds_sum AS BIGINT) AS response_seconds_sum,
    CAST(n_responses AS BIGINT) AS n_responses,
    total_conversations,
    n_open,
    n_resolved,
    CAST(n_resolved AS DOUBLE) / nullif(n_resolved + n_open, 0) AS resolution_rate,
    last_interaction_timestamp,
    $now AS created_at
FROM totals AS t
LEFT JOIN brands AS b ON b.customer_id = t.customer_id
