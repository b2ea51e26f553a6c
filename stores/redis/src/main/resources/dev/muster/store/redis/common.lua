-- What all scripts begin with. KEYS[1]: the store, one hash. KEYS[2]: ends of sessions and clients, in ms of this clock.
-- Fields of the store: id, r (last revision), x (no session ends before), e<client> (its epoch), l<client> (revision of
-- its last commit, and its highest slot), k<client>:<slot> (nonce and revision of a commit), s<session> (alive).
local store, ends = KEYS[1], KEYS[2]
local base = string.sub(store, 1, -2)
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local r

local function nextRevision()
  local next = r + 1
  local clock = time[1] * 1000000 + time[2]
  if clock > next then next = clock end
  r = string.format('%.0f', next)
  return r
end
