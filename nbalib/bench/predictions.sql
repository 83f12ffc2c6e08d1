-- the columns of nba_predictions.parquet: a channel by CASE WHEN, literals where ours says something
SELECT
    customer_id,
    '[2017-10-31 22:10 UTC] Customer 1: It does not work.' AS chat_log,
    CASE
        WHEN resolution_status <> 'open' THEN 'no_action'
        WHEN awaiting = 'agent' AND n_customer_messages > 3 THEN 'scheduling_phone_call'
        WHEN moved_private THEN 'email_reply'
        ELSE 'twitter_dm_reply'
    END AS channel,
    'We are sorry to hear that. Please tell us more.' AS message,
    conversation_end_timestamp + to_hours(1) AS send_time,
    'The customer waits for an answer.' AS reasoning,
    CASE WHEN resolution_status = 'open' THEN 'pending_customer_response' ELSE 'resolved' END AS issue_status,
    conversation_id,
    thread_root_id,
    brand_account_id,
    resolution_status,
    awaiting,
    CAST(NULL AS DOUBLE) AS p_resolved,
    'bare' AS rule,
    '{"rule": "bare"}' AS trace,
    'template' AS message_source,
    conversation_end_timestamp + to_hours(1) AS as_of,
    '0123456789abcdef01234567' AS decision_id
FROM conversations
