-- Makes the store where there is none, and opens an epoch of this client: what it sent before can no longer apply.
local id = redis.call('HGET', store, 'id')
if not id then
  id = ARGV[1]
  r = '0'
  redis.call('HSET', store, 'id', id, 'r', nextRevision(), 'x', string.format('%.0f', now + 1000))
end
r = redis.call('HGET', store, 'r')
if ARGV[4] - r > 0 then
  r = ARGV[4]
  redis.call('HSET', store, 'r', r)
end
local last = redis.call('HGET', store, 'l' .. ARGV[2])
redis.call('HSET', store, 'e' .. ARGV[2], ARGV[3])
redis.call('ZADD', ends, string.format('%.0f', now + ARGV[5]), '@' .. ARGV[2])
return {id, last and string.match(last, '^%d+') or '0', r}
