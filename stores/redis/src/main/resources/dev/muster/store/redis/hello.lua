-- Makes the store where there is none, and opens an epoch of this client: what it sent before can no longer apply. A store of
-- another format is left alone, and its format is all that is answered.
local id = redis.call('HGET', store, 'id')
if not id then
  id = ARGV[1]
  r = '0'
  redis.call('HSET', store, 'id', id, 'f', ARGV[6], 'r', nextRevision(), 'x', string.format('%.0f', now + 1000))
end
local format = redis.call('HGET', store, 'f') or '1'
if format ~= ARGV[6] then return {format} end
r = redis.call('HGET', store, 'r')
if ARGV[4] - r > 0 then
  r = ARGV[4]
  redis.call('HSET', store, 'r', r)
end
local last = redis.call('HGET', store, 'l' .. ARGV[2])
redis.call('HSET', store, 'e' .. ARGV[2], ARGV[3])
redis.call('ZADD', ends, string.format('%.0f', now + ARGV[5]), '@' .. ARGV[2])
return {id, last and string.match(last, '^%d+') or '0', r}
