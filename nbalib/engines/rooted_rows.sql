-- each row with the root of its tree
SELECT r.*, t.root
FROM rows_of_trees AS r
JOIN roots AS t ON t.id = r.id
