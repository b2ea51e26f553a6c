-- Opens a session (time-out in ms), or ends it (time-out 0).
local client, channel, session, timeout = ARGV[2], ARGV[4], ARGV[5], tonumber(ARGV[6])
local known = redis.call('HMGET', store, 'id', 'r', 'e' .. client)
if known[1] ~= ARGV[1] or known[3] ~= ARGV[3] then return {6} end
r = known[2]
local left = 0
if timeout > 0 then
  redis.call('HSET', store, 's' .. session, '1')
  redis.call('ZADD', ends, string.format('%.0f', now + timeout), session)
else
  -- Goes through where memory is full: its first write takes none.
  if redis.call('HDEL', store, 's' .. session) == 1 then
    redis.call('ZADD', ends, 0, session)
  end
  left = clearAll(channel, 100)
end
noteNext()
return {1, left}
