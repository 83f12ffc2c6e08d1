-- what each writer said in answer to one message, as if that were a conversation
SELECT
    author_id,
    coalesce(parent, tweet_id) AS root,
    count(*) AS n_interactions,
    min(interaction_timestamp) AS started_at,
    max(interaction_timestamp) AS ended_at,
    sum(CASE WHEN regexp_matches(text, '(?i)\b(thanks|thank you|cheers)\b') THEN 1 ELSE 0 END) AS n_thanks,
    sum(CASE WHEN regexp_matches(text, '(?i)\b(urgent|asap|immediately)\b') THEN 1 ELSE 0 END) AS n_urgent,
    sum(CASE WHEN regexp_matches(text, '(?i)\b(dm|direct message)\b') THEN 1 ELSE 0 END) AS n_dm
FROM spark_messages
GROUP BY author_id, coalesce(parent, tweet_id)
