-- Rows of the batch whose key is not theirs alone: stored already, or more than once in the batch.
-- In: `batch`, `interactions`. Out: one row per contested key.
SELECT b.platform_type, b.external_id
FROM batch AS b
SEMI JOIN interactions AS i ON i.external_id = b.external_id AND i.platform_type = b.platform_type
UNION
SELECT platform_type, external_id
FROM batch
GROUP BY platform_type, external_id
HAVING count(*) > 1
