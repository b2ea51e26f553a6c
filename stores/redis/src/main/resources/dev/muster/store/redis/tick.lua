-- Renews sessions, carries out the ends of others, and answers the revisions of the directories and entries that are watched.
local client, channel = ARGV[2], ARGV[4]
local known = redis.call('HMGET', store, 'id', 'r', 'x', 'e' .. client)
if known[1] ~= ARGV[1] or known[4] ~= ARGV[3] then return {6} end
r = known[2]
local sessions = tonumber(ARGV[6])
local renewed = {}
-- A script may go on writing where memory is full, if its first write is one that takes no memory.
if sessions > 0 then redis.call('DEL', base .. 'none') end
for i = 1, sessions do
  local session, timeout = ARGV[5 + 2 * i], ARGV[6 + 2 * i]
  local ends_at = redis.call('ZSCORE', ends, session)
  renewed[i] = 0
  if ends_at and ends_at - now > 0 then
    redis.call('ZADD', ends, string.format('%.0f', now + timeout), session)
    renewed[i] = 1
  end
end
if ARGV[5] ~= '0' then redis.call('ZADD', ends, string.format('%.0f', now + ARGV[5]), '@' .. client) end
local left = 0
local next = known[3] - now
if next <= 0 then left = clearAll(channel, 100) end
if sessions > 0 or next <= 0 then next = noteNext() end
local revisions = {}
for i = 7 + 2 * sessions, #ARGV, 2 do
  local name = ARGV[i + 1]
  local packed = redis.call('HGET', base .. 'd:' .. ARGV[i], name)
  revisions[#revisions + 1] = packed and string.match(packed, name == '' and '^%d+' or '^%d+ (%d+)') or '0'
end
return {1, r, left, math.floor(next), renewed, revisions}
