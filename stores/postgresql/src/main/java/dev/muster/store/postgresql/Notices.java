package dev.muster.store.postgresql;

import dev.muster.store.WatchEvent;
import dev.muster.store.sql.Link.Notice;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What is told of a directory that changed: its number, its revisions before and now, and what changed if that is not
 * too long: what is gone and what was put. What others say on the channel is ignored.
 */
final class Notices {

    /** The server takes less than 8000 bytes. */
    private static final int MOST = 7_900;

    private static final Pattern FORM =
            Pattern.compile("(\\d{1,18}):(\\d{1,18}):(\\d{1,18})(?::([A-Za-z0-9+/=]*):([A-Za-z0-9+/=]*))?");

    private Notices() {}

    static String text(Notice notice, byte @Nullable [] gone, byte @Nullable [] puts) {
        String head = notice.directory() + ":" + notice.before() + ":" + notice.revision();
        String whole = head + ":" + base64(gone) + ":" + base64(puts);
        return whole.length() > MOST ? head : whole;
    }

    private static String base64(byte @Nullable [] bytes) {
        return bytes == null ? "" : Base64.getEncoder().encodeToString(bytes);
    }

    static List<Notice> parse(String text) {
        List<Notice> notices = new ArrayList<>();
        Matcher matcher = FORM.matcher(text);
        if (matcher.matches()) {
            long revision = Long.parseLong(matcher.group(3));
            WatchEvent.Changed change = matcher.group(4) == null
                    ? null
                    : change(revision, decode(matcher.group(4)), decode(matcher.group(5)));
            notices.add(new Notice(
                    Long.parseLong(matcher.group(1)), Long.parseLong(matcher.group(2)), revision, change, text));
        }
        return notices;
    }

    static WatchEvent.Changed change(long revision, byte @Nullable [] gone, byte @Nullable [] puts) {
        return new WatchEvent.Changed(revision, List.copyOf(Packed.entries(puts)), List.copyOf(Packed.removals(gone)));
    }

    private static byte[] decode(@Nullable String text) {
        return text == null ? new byte[0] : Base64.getDecoder().decode(text);
    }

    /** A notice of what a statement changed. */
    static Notice of(long directory, long before, long revision, byte @Nullable [] gone, byte @Nullable [] puts) {
        Notice plain = new Notice(directory, before, revision, change(revision, gone, puts), "");
        return new Notice(directory, before, revision, plain.change(), text(plain, gone, puts));
    }
}
