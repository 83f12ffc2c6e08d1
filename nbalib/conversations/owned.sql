-- which message is whose: a conversation is a root and a person
SELECT r.node, r.root, w.person
FROM rooted AS r
JOIN writers AS w ON w.node = r.node
UNION ALL
SELECT r.node, r.root, w.person
FROM rooted AS r
JOIN writers AS w ON w.node = r.nearest_customer
WHERE NOT r.is_customer
UNION ALL
SELECT r.node, r.root, p.person
FROM addressed AS a
JOIN rooted AS r ON r.node = a.node
JOIN persons AS p ON p.platform_type = a.platform_type AND p.customer = a.customer
