-- the name of each decision: conversation, instant, method, code version and the data it saw
SELECT
    substr(
        md5(concat_ws('|', conversation_id, CAST(epoch_us(as_of) AS VARCHAR), $method, $version, data_digest)), 1, 24
    ) AS decision_id
FROM identified
ORDER BY row_place
