-- What most scripts begin with. KEYS[1]: the store, one hash. KEYS[2]: when sessions, clients and marks of watched
-- directories end, in ms of this clock.
-- Fields of the store: id, r (last revision), x (no session ends before), e<client> (its epoch), l<client> (revision of
-- its last commit, and its highest slot), k<client>:<slot> (nonce and revision of a commit), s<session> (alive),
-- w<directory> (somebody watches it, or did). An entry is "created modified owner[!client...] value": these clients follow it.
local time = redis.call('TIME')
local r
--@include clock
