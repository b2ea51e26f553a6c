local h = KEYS[3]
local client, epoch, slot, top, nonce = ARGV[2], ARGV[3], ARGV[4], ARGV[5], ARGV[6]
local session, reply, channel, dir, most = ARGV[7], ARGV[8], ARGV[9], ARGV[10], ARGV[11]
local guards, changes = tonumber(ARGV[12]), tonumber(ARGV[13])
local known = redis.call('HMGET', store, 'id', 'r', 'x', 'e' .. client, 's' .. session)
if known[1] ~= ARGV[1] or known[4] ~= epoch then return {6} end
r = known[2]
local alive = known[5]
local due = {}
if known[3] - now <= 0 then
  due = clearDirectory(channel, dir)
  for _, gone in ipairs(due) do
    if gone == session then alive = false end
  end
end
if session ~= '' and not alive then return {3, due} end

local fields = {''}
for i = 14, 13 + 3 * (guards + changes), 3 do fields[#fields + 1] = ARGV[i + 1] end
local held = redis.call('HMGET', h, unpack(fields))
local last, count, size = '0', 0, 0
if held[1] then
  last, count, size = string.match(held[1], '^(%d+) (%d+) (%d+)$')
  count = tonumber(count)
end

local function snapshot(sets)
  if reply == '0' then return {} end
  if reply == '1' and sets and #sets == 2 * count then
    local names = {}
    for i = 1, #sets, 2 do
      names[i] = sets[i]
      names[i + 1] = string.match(sets[i + 1], '^%d+')
    end
    return names
  end
  local all = redis.call('HGETALL', h)
  if reply == '2' then return all end
  local names = {}
  for i = 1, #all, 2 do
    if all[i] ~= '' then
      names[#names + 1] = all[i]
      names[#names + 1] = string.match(all[i + 1], '^%d+')
    end
  end
  return names
end

for i = 1, guards do
  local at = 11 + 3 * i
  local kind, packed = ARGV[at], held[i + 1]
  local holds
  if kind == 'a' then
    holds = not packed
  elseif kind == 'p' or not packed then
    holds = packed
  else
    local created, modified = string.match(packed, '^(%d+) (%d+) ')
    holds = (kind == 'c' and created or modified) == ARGV[at + 2]
  end
  if not holds then return {2, i, due, r, snapshot()} end
end

local first = 14 + 3 * guards
local added = 0
for i = 0, changes - 1 do
  local kind, name, packed = ARGV[first + 3 * i], ARGV[first + 3 * i + 1], held[guards + i + 2]
  if kind == 'd' then
    if packed then added = added - #name end
  elseif not packed then
    added = added + #name
  elseif kind == 'o' and string.match(packed, '^%d+ %d+ (%x*) ') ~= session then
    return {4, due, name}
  end
end
if added > 0 and size + added > tonumber(most) then return {5, due, size + added} end

local revision = nextRevision()
local sets, dels, items = {}, {}, {}
for i = 0, changes - 1 do
  local at = first + 3 * i
  local kind, name, packed = ARGV[at], ARGV[at + 1], held[guards + i + 2]
  local created, owner
  if packed then created, owner = string.match(packed, '^(%d+) %d+ (%x*) ') end
  if kind == 'd' then
    if packed then
      dels[#dels + 1] = name
      items[#items + 1] = 'D' .. name .. '\0' .. created .. '\0'
      count = count - 1
      if owner ~= '' then redis.call('ZREM', base .. 'o:' .. owner, dir .. '/' .. name) end
    end
  else
    if not packed or kind == 'n' or kind == 'w' then
      if not packed then
        count = count + 1
      elseif owner ~= '' then
        redis.call('ZREM', base .. 'o:' .. owner, dir .. '/' .. name)
      end
      created = revision
      owner = ''
      if kind == 'o' or kind == 'w' then
        owner = session
        redis.call('ZADD', base .. 'o:' .. owner, 0, dir .. '/' .. name)
      end
    end
    local value = ARGV[at + 2]
    sets[#sets + 1] = name
    sets[#sets + 1] = created .. ' ' .. revision .. ' ' .. owner .. ' ' .. value
    items[#items + 1] = 'P' .. name .. '\0' .. created .. '\0' .. owner .. '\0' .. #value .. '\0' .. value
  end
end
if #items > 0 then
  local left = '0'
  if count == 0 then
    redis.call('DEL', h)
  else
    if #dels > 0 then redis.call('HDEL', h, unpack(dels)) end
    redis.call('HSET', h, '', revision .. ' ' .. count .. ' ' .. (size + added), unpack(sets))
    left = revision
  end
  redis.call('PUBLISH', channel .. dir, last .. '\0' .. revision .. '\0' .. left .. '\0' .. table.concat(items))
end
redis.call('HSET', store, 'r', revision, 'l' .. client, revision .. ' ' .. top,
  'k' .. client .. ':' .. slot, nonce .. ' ' .. revision)
return {1, revision, due, r, snapshot(sets)}
