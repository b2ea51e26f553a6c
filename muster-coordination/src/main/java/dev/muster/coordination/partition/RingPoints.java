package dev.muster.coordination.partition;

/** The distinct points of a ring in ascending order, with an index by their leading bits. Immutable. */
final class RingPoints {
    static final RingPoints NONE = new RingPoints(new PointList(0));

    private final PointList points;
    private final int[] bucketStarts;

    private RingPoints(PointList ascending) {
        points = ascending;
        bucketStarts = ascending.bucketStarts();
    }

    int size() {
        return points.size();
    }

    int owner(int index) {
        return points.owner(index);
    }

    /** The point's digest itself and no copy. */
    byte[] digest(int index) {
        return points.digest(index);
    }

    /** The index of the first point strictly greater than {@code digest}; 0 beyond the last one. */
    int following(byte[] digest) {
        int index = points.following(digest, bucketStarts);
        return index == points.size() ? 0 : index;
    }

    /** As {@link PointList#merge}, but {@code more} need not be sorted. */
    RingPoints merge(int[] indexes, PointList more) {
        return new RingPoints(points.merge(indexes, more.sorted()));
    }
}
