-- where the rows that partitions lead to lead on to; what is absent everywhere is a root
SELECT
    d.id,
    coalesce(c.up, d.id) AS up,
    coalesce(c.is_settled, TRUE) AS is_settled,
    d.id AS least
FROM (SELECT DISTINCT up AS id FROM climbed WHERE NOT is_settled) AS d
LEFT JOIN climbed AS c ON c.id = d.id
