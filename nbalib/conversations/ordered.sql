-- some conversations' messages in their order, openings first
SELECT * EXCLUDE (part, depth, external_id)
FROM placed
WHERE conversation >= $begin AND conversation < $end
ORDER BY
    conversation,
    is_opening DESC,
    interaction_timestamp,
    part,
    depth,
    length(external_id),
    external_id
