local store, ends = KEYS[1], KEYS[2]
local base = string.sub(store, 1, -2)
local now = time[1] * 1000 + math.floor(time[2] / 1000)

local function nextRevision()
  local next = r + 1
  local clock = time[1] * 1000000 + time[2]
  if clock > next then next = clock end
  r = string.format('%.0f', next)
  return r
end
