package dev.muster.store.postgresql;

/** The statements that are kept prepared. See schema.sql for the tables and functions. */
enum Sql {
    ENLIST("select {enlist}(?)"),
    COMMIT(
            "select verdict, place, dir, revision, told, state, before, gone, puts from {commit}(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"),

    /**
     * Appends one owned entry, as {commit} would, for half of what that costs the server: it is one statement, and so sees
     * one state, that of its beginning. What it updates it sees as it is, though, having waited for it: the directory,
     * the lane's fence, and that a session of the client has ended meanwhile. Answers nothing, or fails as unsure, where
     * {commit} has to judge. Rows are found by values alone: a join may be planned by what the tables held once, to
     * read all dead ones.
     */
    APPEND("with moved as ("
            + "update {directory} d set previous = d.revision, revision = greatest(d.revision + 1, {now}()),"
            + " entries = d.entries + 1, name_bytes = d.name_bytes + ?"
            + " where d.name = ? and d.name_bytes + ? <= ? and not exists (select from {session} s where s.ended)"
            + " and exists (select from {session} s where s.id = ? and not s.ended)"
            + " returning d.id, d.previous, d.revision, d.entries, d.watched > {now}() as told),"
            + " lane as (update {lane} l set seq = ?, revision = (select revision from moved)"
            + " where l.id = ? and l.fence < ? and not l.unsure and exists (select from moved) returning l.id),"
            + " put as (insert into {entry} (dir, name, value, created, modified, owner)"
            + " select m.id, ?, ?, m.revision, m.revision, ? from moved m)"
            + " select m.id, m.previous, m.revision, m.told,"
            + " case when m.entries > 1 and ? then {names}(m.id, m.revision) end,"
            + " case when not exists (select from lane) then {unsure}() end from moved m"),

    /** Deletes one entry of this creating revision, in the same way. */
    REMOVE("with moved as ("
            + "update {directory} d set previous = d.revision, revision = greatest(d.revision + 1, {now}()),"
            + " entries = d.entries - 1, name_bytes = d.name_bytes - ?"
            + " where d.name = ? and not exists (select from {session} s where s.ended)"
            + " returning d.id, d.previous, d.revision, d.watched > {now}() as told),"
            + " lane as (update {lane} l set seq = ?, revision = (select revision from moved)"
            + " where l.id = ? and l.fence < ? and exists (select from moved) returning l.id),"
            + " gone as (delete from {entry} e where e.dir = (select id from moved) and e.name = ? and e.created = ?"
            + " returning e.dir)"
            + " select m.id, m.previous, m.revision, m.told,"
            + " case when not exists (select from lane) or not exists (select from gone) then {unsure}() end"
            + " from moved m"),

    /** Waits for the lane's commit, if one is under way. */
    SETTLE("with asked as (select ?::bigint as lane, ?::bigint as seq)"
            + " update {lane} l set fence = greatest(l.fence, asked.seq) from asked where l.id = asked.lane"
            + " returning case when l.seq = asked.seq then l.revision else 0 end"),

    /** Of a directory, existing or not: one state. */
    LIST("select coalesce(d.revision, s.floor),"
            + " exists (select 1 from {session} x where x.ended)"
            + " and exists (select 1 from {session} x join {entry} e on e.owner = x.id where x.ended and e.dir = d.id),"
            + " {packed}(d.id)"
            + " from {store} s left join {directory} d on d.name = ?"),
    REAP("with found as materialized (select id from {directory} where name = ? for no key update)"
            + " select r.revision from found, {reap}(found.id) r"),
    DIRECTORIES("select d.name from {directory} d, (select ?::bytea as prefix) p"
            + " where d.name >= p.prefix and substring(d.name from 1 for octet_length(p.prefix)) = p.prefix"
            + " and d.entries > 0 order by d.name"),

    OPEN("insert into {session} (id, client, lease, expires)"
            + " select id, client, lease, {now}() + lease from (select ?::uuid as id, ?::uuid as client,"
            + " ?::bigint as lease) given"),
    BEAT("update {session} s set expires = {now}() + s.lease, beats = b.next"
            + " from unnest(?::uuid[], ?::bigint[], ?::bigint[]) as b (id, next, confirmed)"
            + " where s.id = b.id and not s.ended and s.expires >= {now}() and s.beats >= b.confirmed"
            + " returning s.id"),
    ALIVE("select exists (select 1 from {session} where id = ? and not ended)"),
    END("select {end}(?, ?)"),
    FINISH("select done, dir, before, revision, gone from {finish}(?, ?)"),
    DUE("select id, ended from {session} where ended or expires < {now}()"),
    LEAVE("delete from {lane} where client = ?"),

    WATCH("select {watch}(?, ?)"),
    RENEW("select {renew}(?, ?)"),
    LOOK("select s.identity, exists (select 1 from {session} where ended),"
            + " (select min(expires) - {now}() from {session} where not ended), d.id, d.revision"
            + " from {store} s left join {directory} d on d.id = any (?)"),
    SWEEP("select {sweep}(?, ?, ?)"),
    TELL("select pg_notify(?, ?)");

    final String text;

    Sql(String text) {
        this.text = text;
    }
}
