-- How sessions end: first recorded, then carried out directory by directory.
local function tell(channel, dir, news)
  if redis.call('PUBLISH', channel .. dir, news) > 0 then return true end
  redis.call('HDEL', store, 'w' .. dir)
  redis.call('ZREM', ends, '#' .. dir)
  return false
end

local function clear(channel, dir, session, names)
  local h = base .. 'd:' .. dir
  local meta = redis.call('HGET', h, '')
  local last, count, size = '0', 0, 0
  if meta then last, count, size = string.match(meta, '^(%d+) (%d+) (%d+)$') end
  local items, followed = {}, {}
  for _, name in ipairs(names) do
    local packed = redis.call('HGET', h, name)
    if packed then
      local created, modified, owner, told = string.match(packed, '^(%d+) (%d+) (%x*)(%S*) ')
      if owner == session then
        redis.call('HDEL', h, name)
        local item = 'D' .. name .. '\0' .. created .. '\0'
        items[#items + 1] = item
        for client in string.gmatch(told, '%x+') do
          followed[#followed + 1] = {client, dir .. '\0' .. name .. '\0' .. modified, '0\0E' .. session .. '\0' .. item}
        end
        count = count - 1
        size = size - #name
      end
    end
    redis.call('ZREM', base .. 'o:' .. session, dir .. '/' .. name)
  end
  if #items > 0 then
    local revision = nextRevision()
    local left = '0'
    if count == 0 then
      redis.call('DEL', h)
    else
      redis.call('HSET', h, '', revision .. ' ' .. count .. ' ' .. size)
      left = revision
    end
    redis.call('HSET', store, 'r', revision)
    for _, news in ipairs(followed) do
      redis.call('PUBLISH', channel .. '/' .. news[1], news[2] .. '\0' .. revision .. '\0' .. news[3])
    end
    tell(channel, dir, last .. '\0' .. revision .. '\0' .. left .. '\0E' .. session .. '\0' .. table.concat(items))
  end
end

local function forgetClient(client)
  local last = redis.call('HGET', store, 'l' .. client)
  local top = last and string.match(last, ' (%d+)$') or -1
  for slot = 0, top do redis.call('HDEL', store, 'k' .. client .. ':' .. slot) end
  redis.call('HDEL', store, 'e' .. client, 'l' .. client)
  redis.call('ZREM', ends, '@' .. client)
end

-- Records the end of those whose time is over, and answers all sessions whose end is not carried out everywhere.
local function ended(channel)
  local due = redis.call('ZRANGEBYSCORE', ends, '-inf', now, 'WITHSCORES')
  local sessions = {}
  for i = 1, #due, 2 do
    local kind = string.sub(due[i], 1, 1)
    if kind == '@' then
      forgetClient(string.sub(due[i], 2))
    elseif kind == '#' then
      -- Nothing has changed there for an hour: do they watch still?
      if tell(channel, string.sub(due[i], 2), '') then
        redis.call('ZADD', ends, string.format('%.0f', now + 3600000), due[i])
      end
    else
      sessions[#sessions + 1] = due[i]
      if due[i + 1] ~= '0' then
        redis.call('HDEL', store, 's' .. due[i])
        redis.call('ZADD', ends, 0, due[i])
      end
    end
  end
  return sessions
end

local function namesOf(session, dir)
  local names = {}
  local prefix = dir .. '/'
  for _, member in ipairs(redis.call('ZRANGEBYLEX', base .. 'o:' .. session, '[' .. prefix, '(' .. dir .. '0')) do
    local name = string.sub(member, #prefix + 1)
    if not string.find(name, '/', 1, true) then names[#names + 1] = name end
  end
  return names
end

local function clearDirectory(channel, dir)
  local sessions = ended(channel)
  for _, session in ipairs(sessions) do
    local names = namesOf(session, dir)
    if #names > 0 then clear(channel, dir, session, names) end
  end
  return sessions
end

-- Carries out ends in about so many directories at most; answers whether some are left.
local function clearAll(channel, most)
  for _, session in ipairs(ended(channel)) do
    while true do
      local first = redis.call('ZRANGEBYLEX', base .. 'o:' .. session, '-', '+', 'LIMIT', 0, 1)[1]
      if not first then break end
      if most == 0 then return 1 end
      most = most - 1
      local dir = string.match(first, '^(.*)/[^/]*$')
      clear(channel, dir, session, namesOf(session, dir))
    end
    redis.call('ZREM', ends, session)
  end
  return 0
end

-- Notes until when no session ends, and answers how many ms that is from now.
local function noteNext()
  local first = redis.call('ZRANGE', ends, 0, 0, 'WITHSCORES')
  local next = first[2] or string.format('%.0f', now + 3600000)
  redis.call('HSET', store, 'x', next)
  return math.max(0, next - now)
end
