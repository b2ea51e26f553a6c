-- Most commits are those of locks, and each call and each table costs as much as the whole of a bare SET: so this begins
-- with what all need, answers a revision alone where that says it all, and defines the rest only where it is needed.
local call, match = redis.call, string.match
local session, reply, dir, h = ARGV[8], ARGV[9], ARGV[11], KEYS[3]
local known = call('HMGET', KEYS[1], ARGV[1], 'r', 'x', ARGV[7], 'w' .. dir)
if known[1] ~= ARGV[2] then return {6} end
local r, alive, watched = known[2], known[4], known[5]
local time = call('TIME')
local due
if time[1] * 1000 + time[2] / 1000 - known[3] >= 0 then
  --@include clock
  --@include ending
  due = clearDirectory(ARGV[10], dir)
  for _, gone in ipairs(due) do
    if gone == session then alive = false end
  end
end
if not alive and session ~= '' then return {3, due or {}} end

local guards, changes = tonumber(ARGV[14]), tonumber(ARGV[15])
local fields = {''}
for i = 17, 16 + 3 * (guards + changes), 3 do fields[#fields + 1] = ARGV[i] end
local held = call('HMGET', h, unpack(fields))
local last, count, size = '0', 0, 0
if held[1] then last, count, size = match(held[1], '^(%d+) (%d+) (%d+)$') end

local refused
for i = 1, guards do
  local at = 13 + 3 * i
  local kind, packed = ARGV[at], held[i + 1]
  local holds = packed
  if kind == 'a' then
    holds = not packed
  elseif packed and kind ~= 'p' then
    holds = match(packed, kind == 'c' and '^(%d+) ' or '^%d+ (%d+) ') == ARGV[at + 2]
  end
  if not holds then
    refused = i
    break
  end
end

local revision
if not refused then
  local first = 16 + 3 * guards
  local added = 0
  local createds, owners, followed = {}, {}, nil
  for i = 0, changes - 1 do
    local kind, name, packed = ARGV[first + 3 * i], ARGV[first + 3 * i + 1], held[guards + i + 2]
    if packed then
      local told
      createds[i], owners[i], told = match(packed, '^(%d+) %d+ (%x*)(%S*) ')
      if told ~= '' then
        followed = followed or {}
        followed[i] = told
      end
      if kind == 'd' then
        added = added - #name
      elseif kind == 'o' and owners[i] ~= session then
        return {4, due or {}, name}
      end
    elseif kind ~= 'd' then
      added = added + #name
    end
  end
  if added > 0 and size + added > tonumber(ARGV[13]) then return {5, due or {}, size + added} end

  local next, clock = r + 1, time[1] * 1000000 + time[2]
  revision = string.format('%.0f', clock > next and clock or next)
  r = revision
  local sets, dels, items = {}, nil, watched and {}
  for i = 0, changes - 1 do
    local at = first + 3 * i
    local kind, name, packed = ARGV[at], ARGV[at + 1], held[guards + i + 2]
    local created, owner = createds[i], owners[i]
    local told, item = followed and followed[i] or '', nil
    if kind == 'd' then
      if packed then
        dels = dels or {}
        dels[#dels + 1] = name
        if items or followed then item = 'D' .. name .. '\0' .. created .. '\0' end
        count = count - 1
        if owner ~= '' then call('ZREM', ARGV[12] .. owner, dir .. '/' .. name) end
      end
    else
      if not packed or kind == 'n' or kind == 'w' then
        if not packed then
          count = count + 1
        elseif owner ~= '' then
          call('ZREM', ARGV[12] .. owner, dir .. '/' .. name)
        end
        created = revision
        owner = ''
        if kind == 'o' or kind == 'w' then
          owner = session
          call('ZADD', ARGV[12] .. owner, 0, dir .. '/' .. name)
        end
      end
      local value = ARGV[at + 2]
      if items or followed then
        item = 'P' .. name .. '\0' .. created .. '\0' .. owner .. '\0' .. #value .. '\0' .. value
      end
      sets[#sets + 1] = name
      sets[#sets + 1] = created .. ' ' .. revision .. ' ' .. owner .. told .. ' ' .. value
    end
    if items then items[#items + 1] = item end
    if told ~= '' then
      local left = kind == 'd' and '0' or revision
      local news = dir .. '\0' .. name .. '\0' .. match(packed, ' (%d+)') .. '\0' .. revision .. '\0' .. left .. '\0' .. item
      for client in string.gmatch(told, '%x+') do call('PUBLISH', ARGV[10] .. '/' .. client, news) end
    end
  end
  if dels or #sets > 0 then
    local left = '0'
    if count == 0 then
      call('DEL', h)
    else
      if dels then call('HDEL', h, unpack(dels)) end
      call('HSET', h, '', revision .. ' ' .. count .. ' ' .. (size + added), unpack(sets))
      left = revision
    end
    if items then
      local news = last .. '\0' .. revision .. '\0' .. left .. '\0' .. table.concat(items)
      if call('PUBLISH', ARGV[10] .. dir, news) == 0 then
        call('HDEL', KEYS[1], 'w' .. dir)
        call('ZREM', KEYS[2], '#' .. dir)
      end
    end
  end
  call('HSET', KEYS[1], 'r', revision, ARGV[3], revision .. ARGV[4], ARGV[5], ARGV[6] .. ' ' .. revision)
  if not due and (reply == '0' or reply == '1' and count == 1 and #sets == 2) then return revision end
end

local listed = {}
if reply == '2' then
  listed = call('HGETALL', h)
elseif reply == '1' then
  local all = call('HGETALL', h)
  for i = 1, #all, 2 do
    if all[i] ~= '' then
      listed[#listed + 1] = all[i]
      listed[#listed + 1] = match(all[i + 1], '^%d+')
    end
  end
end
if refused then return {2, refused, due or {}, r, listed} end
return {1, revision, due or {}, r, listed}
