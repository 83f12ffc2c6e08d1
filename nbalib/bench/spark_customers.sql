-- each writer's conversations
SELECT
    author_id,
    count(*) AS n_conversations,
    sum(n_interactions) AS n_interactions,
    min(started_at) AS started_at,
    max(ended_at) AS ended_at,
    sum(n_thanks) AS n_thanks
FROM spark_conversations
GROUP BY author_id
