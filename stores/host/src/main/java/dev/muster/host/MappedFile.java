package dev.muster.host;

import java.io.IOException;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileChannel.MapMode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.jspecify.annotations.Nullable;

/** Files that processes share in memory. An interrupted thread may call, and stays interrupted. */
public final class MappedFile {

    private static final int CHUNK = 64 << 10;
    private static final ByteBuffer ZEROS = ByteBuffer.allocateDirect(CHUNK).asReadOnlyBuffer();

    /** {@code Unsafe.invokeCleaner}, or null where this JVM has none: the garbage collector unmaps then, later. */
    private static final @Nullable MethodHandle CLEANER = cleaner();

    private MappedFile() {}

    /**
     * Creates a file of zeros and maps it. Every page is written before, so that a full memory file system fails here,
     * with an IOException, and not with a fault at the first touch of a mapped page.
     */
    public static ByteBuffer create(Path path, int size) throws IOException {
        try {
            return uninterrupted(() -> {
                try (FileChannel channel = FileChannel.open(
                        path, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
                    fill(channel, size);
                    return map(channel, size);
                }
            });
        } catch (IOException e) {
            Files.deleteIfExists(path);
            throw e;
        }
    }

    /** Maps a file that exists, with the size that it has. */
    public static ByteBuffer open(Path path) throws IOException {
        return uninterrupted(() -> {
            try (FileChannel channel = FileChannel.open(path, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
                return map(channel, Math.min(channel.size(), Integer.MAX_VALUE));
            }
        });
    }

    /** Gives the mapping back at once: nobody may touch it afterwards, not even read it. */
    public static void unmap(ByteBuffer memory) {
        if (CLEANER == null) {
            return;
        }
        try {
            CLEANER.invoke(memory);
        } catch (Throwable e) {
            throw new IllegalStateException("could not unmap a file", e);
        }
    }

    private static void fill(FileChannel channel, int size) throws IOException {
        int written = 0;
        while (written < size) {
            ByteBuffer zeros = ZEROS.duplicate();
            zeros.limit(Math.min(CHUNK, size - written));
            written += channel.write(zeros, written);
        }
    }

    private static ByteBuffer map(FileChannel channel, long size) throws IOException {
        return channel.map(MapMode.READ_WRITE, 0, size).order(ByteOrder.nativeOrder());
    }

    private static @Nullable MethodHandle cleaner() {
        try {
            Class<?> type = Class.forName("sun.misc.Unsafe");
            var field = type.getDeclaredField("theUnsafe");
            field.setAccessible(true);
            return MethodHandles.lookup()
                    .findVirtual(type, "invokeCleaner", MethodType.methodType(void.class, ByteBuffer.class))
                    .bindTo(field.get(null));
        } catch (ReflectiveOperationException | RuntimeException e) {
            return null;
        }
    }

    /** An interrupted thread would close its channel: it works on, and is interrupted again afterwards. */
    private static <T> T uninterrupted(IoCall<T> call) throws IOException {
        boolean interrupted = Thread.interrupted();
        try {
            while (true) {
                try {
                    return call.run();
                } catch (ClosedByInterruptException e) {
                    interrupted |= Thread.interrupted();
                }
            }
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    @FunctionalInterface
    private interface IoCall<T> {
        T run() throws IOException;
    }
}
