-- the customers' messages, with who wrote them
SELECT n.node, p.person
FROM nodes AS n
JOIN persons AS p ON p.platform_type = n.platform_type AND p.customer = n.participant_external_id
WHERE n.author_role = 'customer'
