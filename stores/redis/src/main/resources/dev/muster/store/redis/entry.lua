-- Reads one entry, and has this client told of what becomes of it: noted in the record of the entry, where it costs nothing
-- unless somebody watches, and goes with the entry. It need not outlast the server: those who connect again read again.
local call = redis.call
local known = call('HMGET', KEYS[1], 'id', 'r', 'x')
if known[1] ~= ARGV[1] then return {6} end
local r = known[2]
local time = call('TIME')
local due = {}
if time[1] * 1000 + time[2] / 1000 - known[3] >= 0 then
  --@include clock
  --@include ending
  due = clearDirectory(ARGV[2], ARGV[3])
end
local packed = call('HGET', KEYS[3], ARGV[4])
if not packed then return {1, due, r, {}, 1} end
local head, told, rest = string.match(packed, '^(%d+ %d+ %x*)(%S*)( .*)$')
local noted = string.find(told, ARGV[5], 1, true)
if not noted and #told < tonumber(ARGV[6]) then
  redis.set_repl(redis.REPL_NONE)
  noted = type(redis.pcall('HSET', KEYS[3], ARGV[4], head .. told .. '!' .. ARGV[5] .. rest)) == 'number'
end
return {1, due, r, {ARGV[4], packed}, noted and 1 or 0}
