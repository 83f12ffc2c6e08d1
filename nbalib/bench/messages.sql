-- every row of a file in the columns of `interactions`, by plain expressions
SELECT
    'twitter:' || tweet_id AS interaction_id,
    tweet_id AS external_id,
    'twitter' AS platform_type,
    author_id AS participant_external_id,
    CASE WHEN inbound = 'True' THEN 'customer' ELSE 'agent' END AS author_role,
    CASE WHEN inbound = 'True' THEN 'customer' ELSE 'agent' END AS platform_role,
    CASE WHEN inbound <> 'True' THEN author_id END AS brand_account_id,
    text AS content_text,
    CAST(NULL AS VARCHAR) AS content_metadata,
    strptime(created_at, '%a %b %d %H:%M:%S %z %Y') AS interaction_timestamp,
    'twitter:' || in_response_to_tweet_id AS parent_interaction_id,
    CASE WHEN in_response_to_tweet_id IS NULL THEN 'tweet' ELSE 'reply' END AS interaction_type,
    '{"response_tweet_id": "' || response_tweet_id || '"}' AS platform_metadata,
    CAST(NULL AS TIMESTAMPTZ) AS edited_at,
    '{"source": "twitter", "file": "synthetic.csv", "row": ' || tweet_id || '}' AS processing_metadata,
    CAST($loaded_at AS TIMESTAMPTZ) AS created_at
FROM read_csv($file, all_varchar = TRUE, header = TRUE, delim = ',', quote = '"', escape = '"')
