-- which message belongs to which conversation, counted messages only
SELECT o.node, k.conversation
FROM owned AS o
JOIN conversation_keys AS k ON k.root = o.root AND k.person = o.person
