package dev.muster.coordination.partition;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Arrays;

/**
 * Points, each with the number of its node, up to a capacity. A point is a digest of 8 bytes or more, read as an
 * unsigned integer; its first 8 bytes stand apart, as they nearly always decide.
 *
 * <p>Digests spread evenly, so the leading bits of one tell where among all it lies but for a few places. A list
 * therefore sorts by buckets of those bits, one or two a point.
 */
final class PointList {
    private static final VarHandle BIG_ENDIAN =
            MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);

    private final int shift;
    private final long[] heads;
    private final byte[][] digests;
    private final int[] owners;
    private int size;

    PointList(int capacity) {
        shift = Long.numberOfLeadingZeros(Math.max(1, capacity));
        heads = new long[capacity];
        digests = new byte[capacity][];
        owners = new int[capacity];
    }

    int size() {
        return size;
    }

    int owner(int index) {
        return owners[index];
    }

    /** The digest itself and no copy. */
    byte[] digest(int index) {
        return digests[index];
    }

    /** Adds a digest, which must not change afterwards. */
    void add(byte[] digest, int owner) {
        put(size++, head(digest), digest, owner);
    }

    PointList sorted() {
        int[] next = bucketStarts();
        PointList result = new PointList(heads.length);
        for (int i = 0; i < size; i++) {
            result.put(next[bucket(heads[i])]++, heads[i], digests[i], owners[i]);
        }
        result.size = size;
        for (int i = 1; i < size; i++) {
            result.insert(i);
        }
        return result;
    }

    /**
     * This sorted list and another. Of equal points only that of the node with the highest number stays.
     *
     * @param indexes for each node here the number it is to have, or -1 if its points are to go
     * @param more a sorted list, whose nodes have the numbers they are to have
     */
    PointList merge(int[] indexes, PointList more) {
        PointList result = new PointList(size + more.size);
        int end = 0;
        int taken = 0;
        for (int i = 0; i < size; i++) {
            int owner = indexes[owners[i]];
            if (owner < 0) {
                continue;
            }
            while (taken < more.size && more.compare(taken, heads[i], digests[i]) < 0) {
                end = result.append(end, more.heads[taken], more.digests[taken], more.owners[taken]);
                taken++;
            }
            end = result.append(end, heads[i], digests[i], owner);
        }
        for (; taken < more.size; taken++) {
            end = result.append(end, more.heads[taken], more.digests[taken], more.owners[taken]);
        }
        result.size = end;
        return result;
    }

    /** How many points lie in the buckets before each bucket; one more entry at the end for all of them. */
    int[] bucketStarts() {
        int[] starts = new int[bucket(-1L) + 2];
        for (int i = 0; i < size; i++) {
            starts[bucket(heads[i]) + 1]++;
        }
        int sum = 0;
        for (int i = 1; i < starts.length; i++) {
            sum += starts[i];
            starts[i] = sum;
        }
        return starts;
    }

    /** The index of the first point strictly greater than {@code digest}, in a sorted list with these bucket starts. */
    int following(byte[] digest, int[] bucketStarts) {
        long head = head(digest);
        int bucket = bucket(head);
        int low = bucketStarts[bucket];
        int high = bucketStarts[bucket + 1];
        while (low < high) {
            int middle = (low + high) >>> 1;
            if (compare(middle, head, digest) > 0) {
                high = middle;
            } else {
                low = middle + 1;
            }
        }
        return low;
    }

    private int compare(int index, long head, byte[] digest) {
        int order = Long.compareUnsigned(heads[index], head);
        return order != 0 ? order : Arrays.compareUnsigned(digests[index], digest);
    }

    private int append(int end, long head, byte[] digest, int owner) {
        if (end > 0 && compare(end - 1, head, digest) == 0) {
            owners[end - 1] = Math.max(owner, owners[end - 1]);
            return end;
        }
        put(end, head, digest, owner);
        return end + 1;
    }

    private void insert(int index) {
        long head = heads[index];
        byte[] digest = digests[index];
        int owner = owners[index];
        int hole = index;
        while (hole > 0 && compare(hole - 1, head, digest) > 0) {
            put(hole, heads[hole - 1], digests[hole - 1], owners[hole - 1]);
            hole--;
        }
        if (hole < index) {
            put(hole, head, digest, owner);
        }
    }

    private void put(int index, long head, byte[] digest, int owner) {
        heads[index] = head;
        digests[index] = digest;
        owners[index] = owner;
    }

    private int bucket(long head) {
        return (int) (head >>> shift);
    }

    private static long head(byte[] digest) {
        return (long) BIG_ENDIAN.get(digest, 0);
    }
}
