-- The state of a directory. If it is listed to be watched, commits tell of it from here on.
local call = redis.call
local known = call('HMGET', KEYS[1], 'id', 'r', 'x', 'w' .. ARGV[3])
if known[1] ~= ARGV[1] then return {6} end
local r = known[2]
local time = call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local due = {}
if now - known[3] >= 0 then
  --@include clock
  --@include ending
  due = clearDirectory(ARGV[2], ARGV[3])
end
if ARGV[4] == '1' and not known[4] then
  -- Where the server takes no writes, changes are found out later.
  if type(redis.pcall('HSET', KEYS[1], 'w' .. ARGV[3], '1')) == 'number' then
    redis.pcall('ZADD', KEYS[2], string.format('%.0f', now + 3600000), '#' .. ARGV[3])
  end
end
return {1, due, r, call('HGETALL', KEYS[3])}
