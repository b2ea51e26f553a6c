package dev.muster.servers;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.UserPrincipalLookupService;
import java.nio.file.attribute.UserPrincipalNotFoundException;
import java.util.ArrayList;
import java.util.List;

/**
 * The user that a server runs as: its Debian user if this process is root and there is such a user, else whoever runs
 * the test. (PostgreSQL refuses to run as root.)
 */
public final class Account {

    /** Whoever runs the test. */
    public static final Account OWN = new Account("");

    private final String user;

    private Account(String user) {
        this.user = user;
    }

    /** The user and the group of this name, if root can become it; else {@link #OWN}. */
    public static Account of(String user) {
        if (!"root".equals(System.getProperty("user.name"))) {
            return OWN;
        }
        try {
            users().lookupPrincipalByName(user);
            users().lookupPrincipalByGroupName(user);
            return new Account(user);
        } catch (UserPrincipalNotFoundException e) {
            return OWN;
        } catch (IOException e) {
            throw new UncheckedIOException("could not look up the user " + user, e);
        }
    }

    private static UserPrincipalLookupService users() {
        return FileSystems.getDefault().getUserPrincipalLookupService();
    }

    /** The command as this user runs it. Its process is the server's own, not that of a shell in between. */
    public List<String> running(List<String> command) {
        List<String> whole = new ArrayList<>();
        if (!user.isEmpty()) {
            whole.addAll(List.of("setpriv", "--reuid=" + user, "--regid=" + user, "--init-groups"));
        }
        whole.addAll(command);
        return whole;
    }

    /** Makes a file or folder this user's. */
    public void own(Path path) {
        if (user.isEmpty()) {
            return;
        }
        try {
            PosixFileAttributeView view = Files.getFileAttributeView(path, PosixFileAttributeView.class);
            view.setOwner(users().lookupPrincipalByName(user));
            view.setGroup(users().lookupPrincipalByGroupName(user));
        } catch (IOException e) {
            throw new UncheckedIOException("could not give " + path + " to the user " + user, e);
        }
    }

    @Override
    public String toString() {
        return user.isEmpty() ? System.getProperty("user.name") : user;
    }
}
