-- Keys of arriving rows that are stored already, or arrive more than once.
-- In: `arriving`, `interactions`. Out: one row per contested key.
SELECT a.platform_type, a.external_id
FROM arriving AS a
SEMI JOIN interactions AS i ON i.external_id = a.external_id AND i.platform_type = a.platform_type
UNION
SELECT platform_type, external_id
FROM arriving
GROUP BY platform_type, external_id
HAVING count(*) > 1
