-- each message with its thread's root, as a number
SELECT l.node, l.depth, l.nearest_customer, l.is_customer, l.is_circular, r.root
FROM links AS l
JOIN roots AS r ON r.top = l.top
