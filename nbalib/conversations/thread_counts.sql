-- threads, and messages of which something is odd
SELECT
    count(DISTINCT platform_type || ':' || thread_root_id) AS n_threads,
    count(CASE WHEN NOT is_owned THEN 1 END) AS n_unowned,
    count(CASE WHEN is_circular THEN 1 END) AS n_circular,
    min(CASE WHEN is_circular THEN interaction_id END) AS circular_example,
    count(CASE WHEN answers_later THEN 1 END) AS n_answers_later
FROM threads
