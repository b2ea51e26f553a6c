local known = redis.call('HMGET', store, 'id', 'r', 'x')
if known[1] ~= ARGV[1] then return {6} end
r = known[2]
local due = {}
if known[3] - now <= 0 then due = clearDirectory(ARGV[2], ARGV[3]) end
return {1, due, r, redis.call('HGETALL', KEYS[3])}
