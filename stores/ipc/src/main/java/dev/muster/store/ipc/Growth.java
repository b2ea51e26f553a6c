package dev.muster.store.ipc;

/**
 * How large the next arena is: room for several times what lives, and more where the last one was full within moments,
 * so that copying what lives stays a small part of the work and readers that lag a little still find what they missed.
 */
final class Growth {

    static final int LEAST = 16 << 10;

    private static final int PAGE = 4 << 10;

    /** More than {@link Draft#spare} leaves. */
    private static final int MARGIN = PAGE;

    private static final int MOST_IDLE_ROOM = 1 << 20;
    private static final int MOST_ROOM = 64 << 20;
    private static final long MOMENTS_MILLIS = 100;
    private static final long LONG_MILLIS = 10_000;

    private Growth() {}

    /**
     * @param live bytes of the snapshot that it starts with
     * @param next bytes of the record that shall follow
     */
    static long size(int last, long lastedMillis, long live, int next) {
        long room = lastedMillis < MOMENTS_MILLIS ? last * 2L : lastedMillis > LONG_MILLIS ? last / 4L : last;
        room = Math.max(LEAST, Math.min(MOST_IDLE_ROOM, room));
        room = Math.max(room, Math.min(MOST_ROOM, 3L * (live + next)));
        return round(live + next + room);
    }

    /** As little as will do, where memory is short. */
    static long leastSize(long live, int next) {
        return round(live + next + MARGIN);
    }

    private static long round(long size) {
        return (Arena.HEAD + size + PAGE - 1) / PAGE * PAGE;
    }
}
