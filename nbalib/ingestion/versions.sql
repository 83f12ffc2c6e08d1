-- All versions of the contested keys: the stored one (row_number 0) and those that arrive.
-- In: `interactions`, `unsettled`, `contested`, `outvoted` (versions that lost in this file already).
-- `place` 1 is the version that stands: the later edit, else the smaller hash; whatever came first.
-- `is_repeat` marks an arriving row whose very version is stored or came before.
WITH meeting AS (
    SELECT i.*, 0 AS row_number
    FROM interactions AS i
    SEMI JOIN contested AS c ON c.external_id = i.external_id AND c.platform_type = i.platform_type
    UNION ALL
    SELECT * FROM unsettled
),

hashed AS (
    SELECT *, md5({content}) AS version FROM meeting
)

SELECT
    h.*,
    row_number() OVER (
        PARTITION BY h.platform_type, h.external_id
        ORDER BY h.edited_at DESC NULLS LAST, h.version, h.row_number
    ) AS place,
    o.version IS NOT NULL OR row_number() OVER (
        PARTITION BY h.platform_type, h.external_id, h.version ORDER BY h.row_number
    ) > 1 AS is_repeat,
    min(h.row_number) OVER (PARTITION BY h.platform_type, h.external_id) = 0 AS is_known
FROM hashed AS h
LEFT JOIN outvoted AS o
    ON o.platform_type = h.platform_type AND o.external_id = h.external_id AND o.version = h.version
