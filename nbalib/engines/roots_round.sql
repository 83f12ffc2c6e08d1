-- every link twice as long; least: the smallest id that was passed
SELECT
    s.id,
    CASE WHEN s.is_settled THEN s.up ELSE t.up END AS up,
    s.is_settled OR t.is_settled AS is_settled,
    CASE WHEN s.is_settled OR s.least <= t.least THEN s.least ELSE t.least END AS least
FROM steps AS s
LEFT JOIN steps AS t ON t.id = s.up
