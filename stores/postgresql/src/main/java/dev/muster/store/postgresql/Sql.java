package dev.muster.store.postgresql;

/** The statements that are kept prepared. See schema.sql for the tables and functions. */
enum Sql {
    ENLIST("select {enlist}(?)"),
    COMMIT(
            "select verdict, place, dir, revision, told, state, before, gone, puts from {commit}(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"),

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
