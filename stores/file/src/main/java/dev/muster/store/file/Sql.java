package dev.muster.store.file;

/** The statements that are kept prepared. See {@link Schema} for the tables. */
enum Sql {
    BEGIN("begin immediate"),
    BEGIN_READING("begin"),
    COMMIT("commit"),
    ROLLBACK("rollback"),
    DATA_VERSION("pragma data_version"),
    FLOOR("select floor from store"),
    RAISE_FLOOR("update store set floor = max(floor, ?1)"),

    /** Of a directory by name: its head, and whether a session has no end recorded. */
    HEAD("select d.id, h.modified, h.entries, h.name_bytes, h.watchers,"
            + " ?2 is null or exists (select 1 from session where id = ?2)"
            + " from directory d join entry h on h.dir = d.id and h.name = '' where d.name = ?1"),
    SESSION_ALIVE("select 1 from session where id = ?1"),
    NEW_DIRECTORY("insert into directory (name) values (?1) returning id"),
    NEW_HEAD("insert into entry (dir, name, created, modified, entries, name_bytes, watchers)"
            + " values (?1, '', 0, ?2, 0, 0, 0)"),

    /** Moves the head on, if it is still as it was known to be. */
    MOVE_HEAD("update entry set modified = ?1, entries = ?2, name_bytes = ?3"
            + " where dir = ?4 and name = '' and modified = ?5 and watchers = ?6"),
    MOVE_HEAD_AS("update entry set modified = ?1, entries = ?2, name_bytes = ?3"
            + " where dir = ?4 and name = '' and modified = ?5 and watchers = ?6"
            + " and exists (select 1 from session where id = ?7)"),
    COUNT_WATCHER("update entry set watchers = watchers + ?2 where dir = ?1 and name = ''"),

    ENTRY("select e.name, e.value, e.created, e.modified, s.name from entry e left join session s on s.id = e.owner"
            + " where e.dir = ?1 and e.name = ?2"),
    ENTRIES("select e.name, e.value, e.created, e.modified, s.name from entry e left join session s on s.id = e.owner"
            + " where e.dir = ?1 and e.name > '' order by e.created, e.name"),
    NAMES("select name from entry where dir = ?1 and name > '' order by created, name"),

    /** The floor, and where the directory exists its revision and its entries: one state. */
    LISTING("select f.floor, h.modified, e.name, e.value, e.created, e.modified, s.name from store f"
            + " left join directory d on d.name = ?1"
            + " left join entry h on h.dir = d.id and h.name = ''"
            + " left join entry e on e.dir = d.id and e.name > ''"
            + " left join session s on s.id = e.owner order by e.created, e.name"),
    DIRECTORIES("select d.name from directory d join entry h on h.dir = d.id and h.name = ''"
            + " where d.name >= ?1 and substr(d.name, 1, length(?1)) = ?1 and h.entries > 0 order by d.name"),

    CREATE_ENTRY("insert or replace into entry (dir, name, created, modified, owner, value)"
            + " values (?1, ?2, ?3, ?3, ?4, ?5)"),
    SET_ENTRY("update entry set modified = ?3, value = ?4 where dir = ?1 and name = ?2"),
    DELETE_ENTRY("delete from entry where dir = ?1 and name = ?2"),

    LOG("insert into log (dir, name, gone) values (?1, ?2, ?3)"),
    LOG_END("select max(seq) from log"),
    SKIP_LOG("insert into log (seq, dir, name) values (?1, 0, '')"),
    TRIM_LOG("delete from log where seq < ?1"),

    /** What was logged since, with each entry as it is now and the revision of its directory: one state. */
    LOGGED("select l.seq, l.dir, l.name, l.gone, h.modified, e.value, e.created, e.modified, s.name from log l"
            + " left join entry h on h.dir = l.dir and h.name = ''"
            + " left join entry e on e.dir = l.dir and e.name = l.name and l.name > '' and l.gone is null"
            + " left join session s on s.id = e.owner where l.seq > ?1 order by l.seq"),

    NEW_SESSION("insert into session (name, lease, beat) values (?1, ?2, ?3) returning id"),
    SESSIONS("select id, lease, beat from session"),
    BEAT("update session set beat = ?2 where id = ?1"),
    END_SESSION("delete from session where id = ?1 and (?2 is null or beat = ?2)"),
    NEW_STAKE("insert or ignore into stake (session, dir) values (?1, ?2)"),
    STAKES("select dir from stake where session = ?1"),
    END_STAKES("delete from stake where session = ?1"),
    DELETE_OWNED("delete from entry where dir = ?1 and owner = ?2 returning name, created"),
    SHRINK_HEAD(
            "update entry set modified = max(modified + 1, ?2), entries = entries - ?3, name_bytes = name_bytes - ?4"
                    + " where dir = ?1 and name = '' returning watchers"),

    NEW_WATCHER("insert or ignore into watcher (session, dir) values (?1, ?2)"),
    END_WATCHER("delete from watcher where session = ?1 and dir = ?2"),
    WATCHED("select w.dir, h.modified from watcher w left join entry h on h.dir = w.dir and h.name = ''"
            + " where w.session = ?1"),
    LEAVE_WATCHED("update entry set watchers = watchers - 1 where name = ''"
            + " and dir in (select dir from watcher where session = ?1)"),
    END_WATCHERS("delete from watcher where session = ?1"),

    /** The next directories by id, and whether each has had no entry and no watcher for a while. */
    SWEEP("select d.id, h.modified, h.entries = 0 and h.watchers = 0 and h.modified < ?2 from directory d"
            + " left join entry h on h.dir = d.id and h.name = '' where d.id > ?1 order by d.id limit ?3"),
    DROP_HEAD("delete from entry where dir = ?1 and name = ''"),
    DROP_DIRECTORY("delete from directory where id = ?1"),
    DROP_STAKES("delete from stake where dir = ?1");

    final String text;

    Sql(String text) {
        this.text = text;
    }
}
