-- some messages with the thread they stand in: the table `threads`
SELECT
    r.interaction_id,
    r.platform_type,
    r.thread_root_id,
    r.node IN (SELECT node FROM members) AS is_owned,
    l.is_circular,
    r.answers_later
FROM rooted AS r
JOIN links AS l ON l.node = r.node
WHERE r.node >= $begin AND r.node < $end
