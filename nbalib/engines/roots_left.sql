-- the links between partitions, as pairs
SELECT id, CASE WHEN up <> id THEN up END AS parent
FROM steps
