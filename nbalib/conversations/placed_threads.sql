-- the placed messages with the thread they stand in: the table `threads`
SELECT
    n.interaction_id,
    t.platform_type,
    t.thread_root_id,
    n.node IN (SELECT node FROM members) AS is_owned,
    r.is_circular,
    n.answers_later
FROM rooted AS r
JOIN nodes AS n ON n.node = r.node
JOIN roots AS t ON t.top = r.root
