-- the cells of a file with an instant
SELECT
    tweet_id,
    author_id,
    inbound = 'True' AS is_customer,
    strptime(created_at, '%a %b %d %H:%M:%S %z %Y') AS interaction_timestamp,
    text,
    in_response_to_tweet_id AS parent
FROM cells
