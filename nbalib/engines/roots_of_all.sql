-- the root of each row: found in its partition, or by what the partition leads to
SELECT c.id, CASE WHEN c.is_settled THEN c.up ELSE f.root END AS root
FROM climbed AS c
LEFT JOIN found AS f ON f.id = c.up
