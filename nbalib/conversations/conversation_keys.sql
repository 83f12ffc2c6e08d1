-- each conversation once, numbered in the order of its name
SELECT row_number() OVER (ORDER BY conversation_id) - 1 AS conversation, *
FROM (
    SELECT
        o.root,
        o.person,
        r.platform_type || ':' || r.thread_root_id || ':' || p.customer AS conversation_id,
        r.thread_root_id,
        r.platform_type || ':' || p.customer AS customer_id,
        r.platform_type
    FROM (SELECT DISTINCT root, person FROM owned) AS o
    JOIN roots AS r ON r.top = o.root
    JOIN persons AS p ON p.person = o.person
) AS named
