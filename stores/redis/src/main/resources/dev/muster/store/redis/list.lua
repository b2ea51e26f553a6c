local known = redis.call('HMGET', store, 'id', 'r', 'x', 'w' .. ARGV[3])
if known[1] ~= ARGV[1] then return {6} end
r = known[2]
local due = {}
if known[3] - now <= 0 then due = clearDirectory(ARGV[2], ARGV[3]) end
if ARGV[4] == '1' and not known[4] then
  -- It is listed to be watched: have commits tell from here on. Where the server takes no writes, they are found out later.
  if type(redis.pcall('HSET', store, 'w' .. ARGV[3], '1')) == 'number' then
    redis.pcall('ZADD', ends, string.format('%.0f', now + 3600000), '#' .. ARGV[3])
  end
end
return {1, due, r, redis.call('HGETALL', KEYS[3])}
