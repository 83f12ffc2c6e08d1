-- the table `turns`: members and openings in their order, with the clocks they start and stop
WITH placed AS (
    SELECT
        m.conversation_id,
        m.interaction_id,
        m.thread_root_id,
        m.customer_id,
        m.platform_type,
        m.author_role,
        m.is_opening,
        m.interaction_timestamp,
        row_number() OVER (
            PARTITION BY m.conversation_id
            ORDER BY CASE WHEN m.is_opening THEN 0 ELSE 1 END, m.interaction_timestamp, s.part, m.depth,
                length(m.external_id), m.external_id
        ) - 1 AS turn,
        CASE WHEN m.author_role = 'customer' THEN b.brand ELSE m.brand_account_id END AS brand_account_id,
        CASE WHEN m.author_role = 'customer' THEN b.known_at END AS brand_known_at,
        s.flags,
        s.asked_for,
        s.promised,
        CASE WHEN m.author_role = 'customer' THEN CAST(round(s.mood * 10000) AS BIGINT) END AS mood_points,
        CASE WHEN m.author_role = 'customer' THEN s.topic END AS topic,
        CASE WHEN m.author_role = 'customer' THEN s.language END AS language
    FROM (
        SELECT
            conversation_id, interaction_id, thread_root_id, customer_id, platform_type, author_role,
            FALSE AS is_opening, interaction_timestamp, depth, external_id, node, brand_account_id
        FROM members
        UNION ALL
        SELECT
            o.conversation_id, n.interaction_id, o.thread_root_id, o.customer_id, o.platform_type,
            n.author_role, TRUE AS is_opening, n.interaction_timestamp, l.depth, n.external_id, n.node,
            n.brand_account_id
        FROM openings AS o
        JOIN nodes AS n ON n.node = o.ancestor
        JOIN links AS l ON l.node = o.ancestor
        LEFT JOIN members AS m ON m.conversation_id = o.conversation_id AND m.node = o.ancestor
        WHERE m.node IS NULL
    ) AS m
    JOIN flagged AS s ON s.interaction_id = m.interaction_id
    LEFT JOIN named_brands AS b ON b.node = m.node
),
gaps AS (
    SELECT
        *,
        lag(author_role) OVER counted AS role_before,
        CASE WHEN (author_role = 'customer') = (lag(author_role) OVER counted = 'customer') THEN 0 ELSE 1 END
            AS begins_run,
        CASE WHEN interaction_timestamp - lag(interaction_timestamp) OVER counted >= to_days($clock_restart_days)
            THEN 1 ELSE 0 END AS after_silence
    FROM placed
    WINDOW counted AS (PARTITION BY conversation_id, is_opening ORDER BY turn)
),
episodes AS (
    SELECT
        *,
        sum(after_silence) OVER counted AS episode,
        CASE WHEN is_opening THEN 0 ELSE sum(begins_run) OVER counted END AS run
    FROM gaps
    WINDOW counted AS (PARTITION BY conversation_id, is_opening ORDER BY turn)
),
clocks AS (
    SELECT
        *,
        NOT is_opening AND author_role = 'customer'
            AND row_number() OVER (PARTITION BY conversation_id, is_opening, episode, author_role ORDER BY turn) = 1
            AS starts_clock
    FROM episodes
)
SELECT
    conversation_id,
    interaction_id,
    thread_root_id,
    customer_id,
    platform_type,
    author_role,
    is_opening,
    interaction_timestamp,
    turn,
    brand_account_id,
    brand_known_at,
    starts_clock,
    CASE WHEN NOT is_opening AND author_role <> 'customer' AND role_before = 'customer'
        THEN max(CASE WHEN author_role = 'customer'
                AND (starts_clock OR role_before IS NULL OR role_before <> 'customer')
            THEN interaction_timestamp END)
            OVER (PARTITION BY conversation_id, is_opening ORDER BY turn) END AS answers_since,
    CAST(run AS BIGINT) AS run,
    flags,
    asked_for,
    promised,
    mood_points,
    topic,
    language
FROM clocks
