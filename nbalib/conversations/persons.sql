-- customers, numbered
SELECT row_number() OVER () AS person, platform_type, customer
FROM (
    SELECT platform_type, participant_external_id AS customer FROM nodes WHERE author_role = 'customer'
    UNION
    SELECT platform_type, customer FROM addressed
) AS named
