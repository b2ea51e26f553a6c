-- Answers the commands that this user may not use here, and whether it lacks the keys or the channels.
local lacking = {}
local probe = base .. 'probe'
local function try(...)
  local answer = redis.pcall(...)
  local err = type(answer) == 'table' and answer.err or ''
  if string.find(err, 'NOPERM', 1, true) or string.find(err, "can't", 1, true) then
    lacking[#lacking + 1] = (...)
  end
end
try('HGET', probe, 'a')
try('HMGET', probe, 'a')
try('HGETALL', probe)
try('HSET', probe, 'a', '1')
try('HDEL', probe, 'a')
try('DEL', probe)
try('ZADD', probe, 0, 'a')
try('ZSCORE', probe, 'a')
try('ZRANGE', probe, 0, 0)
try('ZRANGEBYSCORE', probe, 0, 0)
try('ZRANGEBYLEX', probe, '-', '+')
try('ZREM', probe, 'a')
try('PUBLISH', ARGV[1], '')
return lacking
