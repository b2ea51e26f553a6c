-- A store. {name} stands for the name in the schema and with the prefix that the user chose, {.name} for the name with
-- the prefix alone; a line of two dashes ends a statement. Times are microseconds of this server's clock, like revisions.

create table {store} (
    one boolean primary key check (one),
    application text not null,
    format integer not null,
    identity uuid not null,
    -- No directory that is made from now on begins below it: the highest revision of those that were swept out.
    floor bigint not null
)
--
create table {client} (id uuid primary key, born bigint not null)
--
-- A connection of a client, and the last commit that was applied on it. A commit is applied only above the fence.
create table {lane} (
    id bigint generated always as identity primary key,
    client uuid not null,
    fence bigint not null default 0,
    seq bigint not null default 0,
    revision bigint not null,
    -- A session of its client has ended, and no statement that surely saw this has run on the lane yet.
    unsure boolean not null default false
) with (fillfactor = 50)
--
create index {.lane_client} on {lane} (client)
--
create table {session} (
    id uuid primary key,
    client uuid not null,
    lease bigint not null,
    beats bigint not null default 0,
    expires bigint not null,
    ended boolean not null default false
) with (fillfactor = 50)
--
-- Empty but for moments: what every commit looks into.
create index {.session_ended} on {session} (id) where ended
--
create table {directory} (
    id bigint generated always as identity primary key,
    name bytea not null,
    revision bigint not null,
    -- That before the commit which moved it last.
    previous bigint not null default 0,
    entries integer not null default 0,
    name_bytes integer not null default 0,
    -- Until when its changes are to be told.
    watched bigint not null default 0
) with (fillfactor = 50)
--
create unique index {.directory_name} on {directory} (name)
--
create table {entry} (
    dir bigint not null,
    created bigint not null,
    modified bigint not null,
    owner uuid,
    name bytea not null,
    value bytea not null,
    primary key (dir, name)
) with (fillfactor = 80)
--
create index {.entry_owner} on {entry} (owner) where owner is not null
--
create function {now}() returns bigint language sql volatile as $$
    select (extract(epoch from pg_catalog.clock_timestamp()) * 1000000)::bigint
$$
--
-- An entry packed for the client: see Packed.java.
create function {packed}(e {entry}) returns bytea language sql stable as $$
    select int8send(e.created) || int8send(e.modified)
        || (case when e.owner is null then '\x00'::bytea else '\x01'::bytea || uuid_send(e.owner) end)
        || int4send(octet_length(e.name)) || e.name || int4send(octet_length(e.value)) || e.value
$$
--
-- All entries of a directory, in order of creation.
create function {packed}(p_dir bigint) returns bytea language sql stable as $$
    select pg_catalog.string_agg({packed}(e), ''::bytea order by created, name) from {entry} e where dir = p_dir
$$
--
-- A name that is gone, with the revision that had created it.
create function {gone}(p_created bigint, p_name bytea) returns bytea language sql immutable as $$
    select int8send(p_created) || int4send(octet_length(p_name)) || p_name
$$
--
-- Removes what ended sessions own from a directory whose row is locked, at a revision of its own: null where that is
-- nothing.
create function {reap}(p_dir bigint, out revision bigint, out gone bytea) language plpgsql volatile as $$
#variable_conflict use_column
declare
    v_count integer;
    v_bytes integer;
begin
    with removed as (
        delete from {entry} e using {session} s
        where e.dir = p_dir and s.id = e.owner and s.ended
        returning e.name, e.created)
    select count(*), coalesce(sum(octet_length(r.name)), 0), string_agg({gone}(r.created, r.name), ''::bytea)
    into v_count, v_bytes, gone from removed r;
    if v_count > 0 then
        update {directory} d
        set revision = greatest(d.revision + 1, {now}()), entries = d.entries - v_count,
            name_bytes = d.name_bytes - v_bytes
        where d.id = p_dir returning d.revision into revision;
    end if;
end
$$
--
-- Those of these names that were put at a revision.
create function {packed}(p_dir bigint, p_names bytea[], p_revision bigint) returns bytea language sql stable as $$
    select pg_catalog.string_agg({packed}(e), ''::bytea order by created, name)
    from {entry} e where dir = p_dir and name = any (p_names) and modified = p_revision
$$
--
-- One commit. Kinds of guards: 0 absent, 1 present, 2 at, 3 created. Kinds of changes: 1 put, 2 put owned, 3 append,
-- 4 append owned, 5 delete. The client foretells how many entries and bytes of names will be added, mostly rightly.
-- Replies: 0 nothing, 1 names, 2 entries. Verdicts: 0 applied, 1 refused by the guard of this place, 2 the session has
-- ended, 3 another owner at the change of this place. Errors undo all: MU001 fenced, MU002 the session has ended, MU003
-- too many bytes of names. Where the directory is watched, gone and puts are what changed since its revision before.
--
-- Each statement in here costs about a tenth of a durable write: so locking the directory moves its revision too, which a
-- refusal puts back, and what is known of an empty directory is not looked up.
create function {commit}(
    p_lane bigint, p_seq bigint, p_session uuid, p_dir bytea,
    p_guards integer[], p_guard_names bytea[], p_guard_revisions bigint[],
    p_changes integer[], p_names bytea[], p_values bytea[], p_entries integer, p_bytes integer,
    p_reply integer, p_most integer,
    out verdict integer, out place integer, out dir bigint, out revision bigint, out told boolean, out state bytea,
    out before bigint, out gone bytea, out puts bytea)
language plpgsql volatile as $$
#variable_conflict use_column
declare
    v_now bigint := {now}();
    v_dir bigint;
    v_new bigint;
    v_base bigint;
    v_entries integer;
    v_known_bytes integer;
    v_ended boolean;
    v_created bigint;
    v_modified bigint;
    v_owner uuid;
    v_fresh boolean;
    v_count integer := 0;
    v_bytes integer := 0;
begin
    verdict := 0;
    loop
        update {directory} x
        set previous = x.revision, revision = greatest(x.revision + 1, v_now), entries = x.entries + p_entries,
            name_bytes = x.name_bytes + p_bytes
        where x.name = p_dir
        returning x.id, x.previous, x.revision, x.entries - p_entries, x.name_bytes - p_bytes, x.watched > v_now,
            exists (select 1 from {session} s where s.ended)
        into v_dir, before, v_new, v_entries, v_known_bytes, told, v_ended;
        exit when found;
        -- Or it was there and has been swept out: then the floor is above what it had.
        insert into {directory} (name, revision) select p_dir, s.floor from {store} s on conflict do nothing;
    end loop;
    dir := v_dir;
    v_base := before;
    if v_ended then
        select r.revision, r.gone into revision, gone from {reap}(v_dir) r;
        if revision is not null then
            v_base := revision;
            v_new := revision + 1;
            select x.entries - p_entries, x.name_bytes - p_bytes into v_entries, v_known_bytes
            from {directory} x where x.id = v_dir;
        end if;
    end if;

    for i in 1 .. coalesce(array_length(p_guards, 1), 0) loop
        v_created := null;
        v_modified := null;
        if v_entries > 0 then
            select x.created, x.modified into v_created, v_modified
            from {entry} x where x.dir = v_dir and x.name = p_guard_names[i];
        end if;
        continue when case p_guards[i]
            when 0 then v_created is null
            when 1 then v_created is not null
            when 2 then v_modified = p_guard_revisions[i]
            else v_created = p_guard_revisions[i] end;
        verdict := 1;
        place := i - 1;
        exit;
    end loop;
    if verdict = 0 and v_entries > 0 and p_session is not null then
        for i in 1 .. coalesce(array_length(p_changes, 1), 0) loop
            if p_changes[i] = 2 then
                select x.owner into v_owner from {entry} x where x.dir = v_dir and x.name = p_names[i];
                if found and v_owner is distinct from p_session then
                    verdict := 3;
                    place := i - 1;
                    exit;
                end if;
            end if;
        end loop;
    end if;
    if verdict <> 0 then
        if p_session is not null
                and not exists (select 1 from {session} x where x.id = p_session and not x.ended) then
            verdict := 2;
        end if;
        update {directory} x
        set revision = v_base, entries = x.entries - p_entries, name_bytes = x.name_bytes - p_bytes
        where x.id = v_dir;
        revision := v_base;
    else
        update {lane} x set seq = p_seq, revision = v_new, unsure = false where x.id = p_lane and x.fence < p_seq;
        if not found then
            raise exception using errcode = 'MU001', message = 'fenced';
        end if;
        -- Whoever ends a session locks the lanes of its client first: it comes before this, or waits for it.
        if p_session is not null
                and not exists (select 1 from {session} x where x.id = p_session and not x.ended) then
            raise exception using errcode = 'MU002', message = 'the session has ended';
        end if;
        for i in 1 .. coalesce(array_length(p_changes, 1), 0) loop
            if p_changes[i] = 5 then
                if v_entries > 0 then
                    delete from {entry} x where x.dir = v_dir and x.name = p_names[i] returning x.created into v_created;
                    if found then
                        if told then
                            gone := coalesce(gone, ''::bytea) || {gone}(v_created, p_names[i]);
                        end if;
                        v_count := v_count - 1;
                        v_bytes := v_bytes - octet_length(p_names[i]);
                    end if;
                end if;
                continue;
            end if;
            v_owner := case when p_changes[i] in (2, 4) then p_session end;
            v_fresh := true;
            if v_entries = 0 then
                insert into {entry} (dir, name, value, created, modified, owner)
                values (v_dir, p_names[i], p_values[i], v_new, v_new, v_owner);
            else
                insert into {entry} as x (dir, name, value, created, modified, owner)
                values (v_dir, p_names[i], p_values[i], v_new, v_new, v_owner)
                on conflict (dir, name) do update
                set value = excluded.value, modified = excluded.modified,
                    created = case when p_changes[i] <= 2 then x.created else excluded.created end,
                    owner = case when p_changes[i] <= 2 then x.owner else excluded.owner end
                returning x.xmax = 0 into v_fresh;
            end if;
            if v_fresh then
                v_count := v_count + 1;
                v_bytes := v_bytes + octet_length(p_names[i]);
            end if;
        end loop;
        if v_bytes > 0 and v_known_bytes + v_bytes > p_most then
            raise exception using errcode = 'MU003', message = (v_known_bytes + v_bytes)::text;
        end if;
        if v_count <> p_entries or v_bytes <> p_bytes or v_base <> before then
            update {directory} x
            set revision = v_new, entries = x.entries + v_count - p_entries, name_bytes = x.name_bytes + v_bytes - p_bytes
            where x.id = v_dir;
        end if;
        revision := v_new;
        if told then
            puts := {packed}(v_dir, p_names, v_new);
        end if;
    end if;
    if p_reply = 1 then
        if v_entries + v_count = 1 and v_fresh and array_length(p_names, 1) = 1 then
            state := p_names[1];
        elsif v_entries + v_count > 0 then
            select string_agg(x.name, '\x2f'::bytea order by x.created, x.name) into state
            from {entry} x where x.dir = v_dir;
        end if;
    elsif p_reply = 2 then
        state := {packed}(v_dir);
    end if;
end
$$
--
-- The names of the entries that were there before a revision, as of now: not as of when the statement began that calls it,
-- which may have waited for the directory since.
create function {names}(p_dir bigint, p_before bigint) returns bytea language plpgsql volatile as $$
begin
    return (select string_agg(x.name, '\x2f'::bytea order by x.created, x.name)
        from {entry} x where x.dir = p_dir and x.created < p_before);
end
$$
--
-- Undoes a lone change (see Sql.java) that {commit} has to judge.
create function {unsure}() returns boolean language plpgsql volatile as $$
begin
    raise exception using errcode = 'MU004', message = 'unsure';
end
$$
--
-- A lane for a client, made under the client's lock: see {end}.
create function {enlist}(p_client uuid) returns bigint language plpgsql volatile as $$
declare
    v_lane bigint;
begin
    insert into {client} (id, born) values (p_client, {now}()) on conflict do nothing;
    perform 1 from {client} where id = p_client for key share;
    insert into {lane} (client, revision) values (p_client, {now}()) returning id into v_lane;
    return v_lane;
end
$$
--
-- Records the end of a session, if it has not ended, and is overdue where that is asked for. Waits for the commits of
-- its client that are under way: what comes after them sees the end.
create function {end}(p_session uuid, p_overdue boolean) returns boolean language plpgsql volatile as $$
declare
    v_client uuid;
begin
    select client into v_client from {session}
    where id = p_session and not ended and (not p_overdue or expires < {now}());
    if not found then
        return false;
    end if;
    perform 1 from {client} where id = v_client for update;
    update {lane} set unsure = true where client = v_client;
    update {session} set ended = true
    where id = p_session and not ended and (not p_overdue or expires < {now}());
    return found;
end
$$
--
-- Removes what an ended session owns from some of its directories; forgets the session once it owns nothing. Answers
-- the watched ones that changed: the last row, without one, says whether nothing is left.
create function {finish}(p_session uuid, p_batch integer)
returns table (done boolean, dir bigint, before bigint, revision bigint, gone bytea) language plpgsql volatile as $$
#variable_conflict use_column
declare
    v_dir bigint;
    v_any boolean := false;
    v_watched bigint;
begin
    done := false;
    for v_dir in select distinct e.dir from {entry} e where e.owner = p_session order by e.dir limit p_batch loop
        v_any := true;
        select d.id, d.revision, d.watched into dir, before, v_watched
        from {directory} d where d.id = v_dir for no key update;
        select r.revision, r.gone into revision, gone from {reap}(v_dir) r;
        if revision is not null and v_watched > {now}() then
            return next;
        end if;
    end loop;
    if not v_any then
        delete from {session} s where s.id = p_session and s.ended;
    end if;
    done := not v_any;
    dir := null;
    return next;
end
$$
--
-- Has the changes of a directory told for so long.
create function {watch}(p_dir bytea, p_for bigint) returns bigint language plpgsql volatile as $$
declare
    d record;
    v_now bigint := {now}();
begin
    loop
        select id, watched into d from {directory} where name = p_dir for no key update;
        exit when found;
        insert into {directory} (name, revision) select p_dir, s.floor from {store} s on conflict do nothing;
    end loop;
    if d.watched < v_now + p_for / 2 then
        update {directory} set watched = v_now + p_for where id = d.id;
    end if;
    return d.id;
end
$$
--
-- The same for many that are watched already. Passes by those that are being changed: they have half the time left.
create function {renew}(p_dirs bigint[], p_for bigint) returns void language sql volatile as $$
    update {directory} set watched = {now}() + p_for where id in (
        select id from {directory} where id = any (p_dirs) and watched < {now}() + p_for / 2
        order by id for no key update skip locked)
$$
--
-- Removes the rows of directories that have been empty for so long, of a page after an id; answers where the page ends,
-- null at the end. On the last page also what clients left that have not been heard of for a day.
create function {sweep}(p_after bigint, p_page integer, p_age bigint) returns bigint language plpgsql volatile as $$
declare
    v_end bigint;
    v_floor bigint;
    v_day bigint := {now}() - 86400000000;
begin
    select max(id) into v_end from (
        select id from {directory} where id > p_after order by id limit p_page) page;
    if v_end is null then
        delete from {lane} where id in (
            select l.id from {lane} l where l.revision < v_day
            and not exists (select 1 from {session} s where s.client = l.client) for update skip locked);
        delete from {client} where id in (
            select c.id from {client} c where c.born < v_day
            and not exists (select 1 from {lane} l where l.client = c.id)
            and not exists (select 1 from {session} s where s.client = c.id) for update skip locked);
        return null;
    end if;
    with gone as (
        delete from {directory} where id in (
            select id from {directory}
            where id > p_after and id <= v_end and entries = 0
            and revision < {now}() - p_age and watched < {now}() for update skip locked)
        returning revision)
    select max(revision) into v_floor from gone;
    if v_floor is not null then
        update {store} set floor = v_floor where floor < v_floor;
    end if;
    return v_end;
end
$$
