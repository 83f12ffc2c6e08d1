-- one row per moment: what was known of a conversation at `as_of`
-- moments: moment_id, conversation_id, as_of. Flags are bits in the order of schema.SIGNAL_FLAGS.
WITH known AS (
    SELECT m.moment_id, m.as_of, t.*
    FROM moments AS m
    JOIN turns AS t ON t.conversation_id = m.conversation_id
    WHERE NOT t.is_opening AND t.interaction_timestamp <= m.as_of
),
ends AS (
    SELECT
        moment_id,
        max(CASE WHEN author_role = 'customer' THEN run END) AS last_customer_run,
        max(CASE WHEN author_role <> 'customer' THEN run END) AS last_agent_run,
        min(CASE WHEN author_role = 'customer' THEN run END) AS first_customer_run,
        min(CASE WHEN author_role <> 'customer' THEN run END) AS first_agent_run,
        max(CASE WHEN author_role <> 'customer' THEN turn END) AS last_agent_turn,
        max(CASE WHEN author_role = 'customer' AND brand_account_id IS NOT NULL
            AND (brand_known_at IS NULL OR brand_known_at <= as_of) THEN turn END) AS last_naming_turn,
        max(CASE WHEN author_role <> 'customer' AND asked_for IS NOT NULL THEN turn END) AS last_asking_turn,
        max(CASE WHEN author_role <> 'customer' AND promised IS NOT NULL THEN turn END) AS last_promising_turn,
        max(turn) AS last_turn,
        max(CASE WHEN starts_clock THEN interaction_timestamp END) AS last_clock_start
    FROM known
    GROUP BY moment_id
),
topics AS (
    SELECT moment_id, topic
    FROM (
        SELECT
            moment_id,
            topic,
            row_number() OVER (PARTITION BY moment_id ORDER BY count(*) DESC, min(turn)) AS choice
        FROM known
        WHERE topic IS NOT NULL
        GROUP BY moment_id, topic
    ) AS counted
    WHERE choice = 1
),
languages AS (
    SELECT moment_id, language
    FROM (
        SELECT
            moment_id,
            language,
            row_number() OVER (PARTITION BY moment_id ORDER BY count(*) DESC, min(turn)) AS choice
        FROM known
        WHERE language IS NOT NULL
        GROUP BY moment_id, language
    ) AS counted
    WHERE choice = 1
),
states AS (
    SELECT
        k.moment_id,
        min(k.conversation_id) AS conversation_id,
        min(k.thread_root_id) AS thread_root_id,
        min(k.customer_id) AS customer_id,
        min(k.platform_type) AS platform_type,
        min(k.as_of) AS as_of,
        min(k.interaction_timestamp) AS conversation_start_timestamp,
        max(k.interaction_timestamp) AS conversation_end_timestamp,
        max(CASE WHEN k.turn = e.last_turn THEN k.interaction_id END) AS last_interaction_id,
        max(CASE WHEN k.turn = e.last_turn THEN CASE WHEN k.author_role = 'customer' THEN 'customer' ELSE 'agent' END END)
            AS last_author,
        count(*) AS total_interactions,
        count(CASE WHEN k.author_role = 'customer' THEN 1 END) AS n_customer_messages,
        count(CASE WHEN k.author_role <> 'customer' THEN 1 END) AS n_agent_messages,
        count(CASE WHEN k.author_role = 'customer' AND k.interaction_timestamp > k.as_of - to_hours(24) THEN 1 END)
            AS n_customer_24h,
        coalesce(max(e.last_clock_start), min(k.interaction_timestamp)) AS clock_start_timestamp,
        max(CASE WHEN k.author_role = 'customer' THEN k.interaction_timestamp END) AS last_customer_at,
        max(CASE WHEN k.author_role <> 'customer' THEN k.interaction_timestamp END) AS last_agent_at,
        min(CASE WHEN k.answers_since = e.last_clock_start
            THEN epoch_us(k.interaction_timestamp) - epoch_us(k.answers_since) END) // 1000000 AS first_response_seconds,
        coalesce(sum(CASE WHEN k.answers_since IS NOT NULL
            THEN (epoch_us(k.interaction_timestamp) - epoch_us(k.answers_since)) // 1000000 END), 0)
            AS response_seconds_sum,
        count(k.answers_since) AS n_responses,
        coalesce(
            max(CASE WHEN k.turn = e.last_agent_turn THEN k.brand_account_id END),
            max(CASE WHEN k.turn = e.last_naming_turn THEN k.brand_account_id END)
        ) AS brand_account_id,
        max(CASE WHEN k.turn = e.last_asking_turn AND k.run = e.last_agent_run THEN k.asked_for END) AS asked_for,
        max(CASE WHEN k.turn = e.last_promising_turn AND k.run = e.last_agent_run THEN k.promised END) AS promised,
        bit_or(CASE WHEN k.run = e.last_customer_run THEN k.flags ELSE 0 END) AS last_customer_flags,
        bit_or(CASE WHEN k.run = e.last_agent_run THEN k.flags ELSE 0 END) AS last_agent_flags,
        bit_or(CASE WHEN k.run = e.first_customer_run THEN k.flags ELSE 0 END) AS first_customer_flags,
        bit_or(CASE WHEN k.author_role = 'customer' THEN k.flags ELSE 0 END) AS any_customer_flags,
        bit_or(CASE WHEN k.author_role <> 'customer' THEN k.flags ELSE 0 END) AS any_agent_flags,
        coalesce(max(e.last_customer_run) > max(e.first_agent_run), FALSE) AS customer_replied,
        sum(k.mood_points) AS mood_points_sum,
        count(k.mood_points) AS n_moods
    FROM known AS k
    JOIN ends AS e ON e.moment_id = k.moment_id
    GROUP BY k.moment_id
)
SELECT
    s.*,
    t.topic AS conversation_topic,
    l.language
FROM states AS s
LEFT JOIN topics AS t ON t.moment_id = s.moment_id
LEFT JOIN languages AS l ON l.moment_id = s.moment_id
