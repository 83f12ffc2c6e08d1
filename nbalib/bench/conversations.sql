-- each customer's part of each tree: an agent's message belongs to the customer it answers
SELECT
    r.root,
    coalesce(n.customer, p.customer) AS customer,
    count(*) AS n_interactions,
    count(n.customer) AS n_customer_messages,
    min(n.interaction_timestamp) AS started_at,
    max(n.interaction_timestamp) AS ended_at,
    sum(CASE WHEN regexp_matches(n.content_text, '(?i)\b(thanks|thank you|cheers)\b') THEN 1 ELSE 0 END) AS n_thanks,
    sum(CASE WHEN regexp_matches(n.content_text, '(?i)\b(urgent|asap|immediately)\b') THEN 1 ELSE 0 END) AS n_urgent,
    sum(CASE WHEN regexp_matches(n.content_text, '(?i)\b(dm|direct message)\b') THEN 1 ELSE 0 END) AS n_dm
FROM nodes AS n
JOIN roots AS r ON r.id = n.id
LEFT JOIN nodes AS p ON p.id = n.parent
WHERE coalesce(n.customer, p.customer) IS NOT NULL
GROUP BY r.root, coalesce(n.customer, p.customer)
