-- the root of each message's reply tree, from the tops downwards; an absent message may be a root
WITH RECURSIVE climbed AS (
    SELECT n.id, coalesce(n.parent, n.id) AS root
    FROM nodes AS n
    WHERE n.parent IS NULL OR NOT EXISTS (SELECT 1 FROM nodes AS p WHERE p.id = n.parent)
    UNION ALL
    SELECT c.id, t.root
    FROM climbed AS t
    JOIN nodes AS c ON c.parent = t.id
)
SELECT id, root
FROM climbed
