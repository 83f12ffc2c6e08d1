-- accounts that are known otherwise than when conversations were last built
SELECT coalesce(f.handle, k.handle) AS handle
FROM fresh_accounts AS f
FULL JOIN known_accounts AS k ON k.platform = f.platform AND k.handle = f.handle
WHERE f.handle IS NULL OR k.handle IS NULL OR f.brand <> k.brand OR f.known_at IS DISTINCT FROM k.known_at
