-- the root of each row that partitions lead to; a circle is called after its smallest id
SELECT s.id, CASE WHEN s.is_settled THEN s.up ELSE t.least END AS root
FROM steps AS s
LEFT JOIN steps AS t ON t.id = s.up
