-- every row of a file as it stands, and whether it is dated in the newest part of all
SELECT
    *,
    strptime(created_at, '%a %b %d %H:%M:%S %z %Y') > quantile_disc(
        strptime(created_at, '%a %b %d %H:%M:%S %z %Y'), $share
    ) OVER () AS is_newer
FROM read_csv($file, all_varchar = TRUE, header = TRUE, delim = ',', quote = '"', escape = '"')
