-- Contested rows that are not to the letter what is stored under their key.
-- In: `arriving`, `contested`, `interactions`. The CASE keeps DuckDB from joining on the contents: keys
-- are enough.
SELECT a.*
FROM arriving AS a
SEMI JOIN contested AS c ON c.external_id = a.external_id AND c.platform_type = a.platform_type
LEFT JOIN interactions AS i ON i.external_id = a.external_id AND i.platform_type = a.platform_type
WHERE CASE WHEN i.external_id IS NOT NULL AND {same} THEN false ELSE true END
