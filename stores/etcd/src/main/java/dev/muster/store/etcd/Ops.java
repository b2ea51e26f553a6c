package dev.muster.store.etcd;

import com.google.protobuf.ByteString;
import com.google.protobuf.UnknownFieldSet;
import io.etcd.jetcd.api.Compare;
import io.etcd.jetcd.api.Compare.CompareResult;
import io.etcd.jetcd.api.Compare.CompareTarget;
import io.etcd.jetcd.api.DeleteRangeRequest;
import io.etcd.jetcd.api.PutRequest;
import io.etcd.jetcd.api.RangeRequest;
import io.etcd.jetcd.api.RequestOp;
import io.etcd.jetcd.api.TxnRequest;

/** The parts of transactions. */
final class Ops {

    /** How many entries one answer brings at most: the next ones are asked for at the same revision. */
    static final int PAGE = 1_000;

    // The stubs are older than the comparison by lease, which all servers since 3.3 know.
    private static final int TARGET_LEASE = 4;
    private static final int FIELD_LEASE = 8;

    private Ops() {}

    static Compare valueIs(ByteString key, ByteString value) {
        return compare(key, CompareTarget.VALUE, CompareResult.EQUAL)
                .setValue(value)
                .build();
    }

    static Compare modifiedAt(ByteString key, long revision) {
        return compare(key, CompareTarget.MOD, CompareResult.EQUAL)
                .setModRevision(revision)
                .build();
    }

    static Compare createdAt(ByteString key, long revision) {
        return compare(key, CompareTarget.CREATE, CompareResult.EQUAL)
                .setCreateRevision(revision)
                .build();
    }

    static Compare absent(ByteString key) {
        return createdAt(key, 0);
    }

    static Compare present(ByteString key) {
        return compare(key, CompareTarget.CREATE, CompareResult.GREATER)
                .setCreateRevision(0)
                .build();
    }

    /** Of an absent key the lease is 0. */
    static Compare leaseIs(ByteString key, long lease) {
        return compare(key, CompareTarget.VERSION, CompareResult.EQUAL)
                .setTargetValue(TARGET_LEASE)
                .setUnknownFields(UnknownFieldSet.newBuilder()
                        .addField(
                                FIELD_LEASE,
                                UnknownFieldSet.Field.newBuilder()
                                        .addVarint(lease)
                                        .build())
                        .build())
                .build();
    }

    /** Nothing that begins so was created after this revision. */
    static Compare noneCreatedAfter(ByteString begin, long revision) {
        return noneCreatedAfter(begin, Keys.end(begin), revision);
    }

    static Compare noneCreatedAfter(ByteString from, ByteString end, long revision) {
        return compare(from, CompareTarget.CREATE, CompareResult.LESS)
                .setRangeEnd(end)
                .setCreateRevision(revision + 1)
                .build();
    }

    /** Never holds for an absent key. */
    static Compare valueAbove(ByteString key, ByteString value) {
        return compare(key, CompareTarget.VALUE, CompareResult.GREATER)
                .setValue(value)
                .build();
    }

    static Compare valueBelow(ByteString key, ByteString value) {
        return compare(key, CompareTarget.VALUE, CompareResult.LESS)
                .setValue(value)
                .build();
    }

    private static Compare.Builder compare(ByteString key, CompareTarget target, CompareResult result) {
        return Compare.newBuilder().setKey(key).setTarget(target).setResult(result);
    }

    static RequestOp put(ByteString key, ByteString value, long lease) {
        return RequestOp.newBuilder()
                .setRequestPut(
                        PutRequest.newBuilder().setKey(key).setValue(value).setLease(lease))
                .build();
    }

    /** Keeps the lease of a key that is there. */
    static RequestOp putKeepingLease(ByteString key, ByteString value) {
        return RequestOp.newBuilder()
                .setRequestPut(
                        PutRequest.newBuilder().setKey(key).setValue(value).setIgnoreLease(true))
                .build();
    }

    static RequestOp delete(ByteString key) {
        return RequestOp.newBuilder()
                .setRequestDeleteRange(DeleteRangeRequest.newBuilder().setKey(key))
                .build();
    }

    /** Of all that begins so. */
    static RequestOp deleteAll(ByteString begin) {
        return RequestOp.newBuilder()
                .setRequestDeleteRange(
                        DeleteRangeRequest.newBuilder().setKey(begin).setRangeEnd(Keys.end(begin)))
                .build();
    }

    static RequestOp get(ByteString key) {
        return op(RangeRequest.newBuilder().setKey(key));
    }

    /** All but the value. */
    static RequestOp look(ByteString key) {
        return op(RangeRequest.newBuilder().setKey(key).setKeysOnly(true));
    }

    static RequestOp range(ByteString from, ByteString end, int limit) {
        return op(RangeRequest.newBuilder().setKey(from).setRangeEnd(end).setLimit(limit));
    }

    static RequestOp op(RangeRequest.Builder range) {
        return RequestOp.newBuilder().setRequestRange(range).build();
    }

    static RequestOp op(TxnRequest.Builder transaction) {
        return RequestOp.newBuilder().setRequestTxn(transaction).build();
    }

    /** The first page of what begins so. */
    static RangeRequest.Builder page(ByteString begin, boolean keysOnly) {
        return RangeRequest.newBuilder()
                .setKey(begin)
                .setRangeEnd(Keys.end(begin))
                .setLimit(PAGE)
                .setKeysOnly(keysOnly);
    }

    static RangeRequest.Builder count(ByteString begin) {
        return RangeRequest.newBuilder()
                .setKey(begin)
                .setRangeEnd(Keys.end(begin))
                .setCountOnly(true);
    }
}
