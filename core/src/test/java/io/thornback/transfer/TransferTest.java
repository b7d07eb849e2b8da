/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.transfer;

import static io.thornback.transfer.TransferNode.LONG;
import static io.thornback.transfer.TransferNode.eventually;
import static io.thornback.transfer.TransferNode.id;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.thornback.objectstore.CreateOptions;
import io.thornback.objectstore.ObjectBuffer;
import io.thornback.objectstore.ObjectId;
import io.thornback.transport.net.NetAccess;
import io.thornback.transport.trust.JoinToken;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Two nodes of one cluster, each with a store, and what one fetches from the other. */
class TransferTest {
    static final String SECRET = "5ec2e7".repeat(11).substring(0, JoinToken.DIGITS);
    private static final long MIB = 1L << 20;
    private static final int LARGE = 64 << 20;

    private final TransferNode giver = node(1, 384 * MIB, PullOptions.DEFAULT);
    private final List<TransferNode> nodes = new ArrayList<>(List.of(giver));

    NetAccess access() {
        return NetAccess.plainText("cluster", SECRET);
    }

    JoinToken token() {
        return JoinToken.plainText(SECRET);
    }

    private TransferNode node(int number, long arenaBytes, PullOptions options) {
        return new TransferNode(number, arenaBytes, access(), token(), options);
    }

    private TransferNode fetcher(long arenaBytes, PullOptions options) {
        final TransferNode node = node(2, arenaBytes, options);
        nodes.add(node);
        return node;
    }

    private TransferNode fetcher() {
        return fetcher(384 * MIB, PullOptions.DEFAULT);
    }

    @AfterEach
    void close() {
        nodes.forEach(TransferNode::close);
    }

    private static CompletableFuture<Void> pull(TransferNode fetcher, ObjectId id, Peer from) {
        return fetcher.puller.pull(id, from, PullPriority.GET, LONG);
    }

    private static void await(CompletableFuture<Void> pull) throws Exception {
        pull.get(LONG.toSeconds(), TimeUnit.SECONDS);
    }

    private static PullException failure(CompletableFuture<Void> pull) {
        final ExecutionException failed =
                assertThrows(ExecutionException.class, () -> pull.get(LONG.toSeconds(), TimeUnit.SECONDS));
        return (PullException) failed.getCause();
    }

    /** Nothing of an attempt is left on either side. */
    private void assertNothingIsLeft(TransferNode fetcher, ObjectId id, long memoryBefore) {
        assertNull(fetcher.store.get(id));
        assertFalse(fetcher.store.contains(id));
        eventually("the memory is back", () -> fetcher.memory() == memoryBefore);
        eventually("the pin is back", () -> giver.store.openBuffers() == 0 && giver.objects.sending() == 0);
        eventually("its turn is over", () -> fetcher.puller.bytesInFlight() == 0);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, (1 << 20) + 7, LARGE})
    void theCopyIsTheSame(int sizeBytes) throws Exception {
        final TransferNode fetcher = fetcher();
        giver.put(id(1), sizeBytes, CreateOptions.DEFAULT.withMetadata(new byte[] {1, 2, 3}));
        await(pull(fetcher, id(1), giver.peer()));
        giver.assertSame(id(1), fetcher);
        assertEquals(sizeBytes, fetcher.puller.bytesReceived());
        eventually("the pin is back", () -> giver.store.openBuffers() == 0 && giver.objects.sending() == 0);
        assertEquals(0, fetcher.puller.bytesInFlight());
    }

    @Test
    void whatAnObjectContainsComesWithIt() throws Exception {
        final TransferNode fetcher = fetcher();
        giver.put(id(1), 10, CreateOptions.DEFAULT);
        giver.put(id(2), 1001, CreateOptions.DEFAULT.containing(List.of(id(1), id(3))));
        await(pull(fetcher, id(2), giver.peer()));
        giver.assertSame(id(2), fetcher);
        try (ObjectBuffer copy = fetcher.store.get(id(2))) {
            assertTrue(copy.isContainer());
            assertEquals(1008 + 2 * ObjectId.LENGTH_BYTES + 4, copy.length());
        }
    }

    @Test
    void whatIsHereIsNotFetched() throws Exception {
        final TransferNode fetcher = fetcher();
        fetcher.put(id(1), 10, CreateOptions.DEFAULT);
        await(pull(fetcher, id(1), giver.peer()));
        assertEquals(0, fetcher.puller.transfers());
    }

    @Test
    void anObjectThatIsNotThereIsNamed() {
        final TransferNode fetcher = fetcher();
        final long before = fetcher.memory();
        final PullException failure = failure(pull(fetcher, id(1), giver.peer()));
        assertEquals(PullException.Code.NOT_HERE, failure.code());
        assertEquals(
                "object " + id(1) + " did not come from " + giver.peer() + ": it does not have the object",
                failure.getMessage());
        assertNothingIsLeft(fetcher, id(1), before);
    }

    @Test
    void anotherNodeIsNotAsked() {
        giver.put(id(1), 10, CreateOptions.DEFAULT);
        final Peer other =
                new Peer("ab".repeat(28), TransferNode.HOST, giver.peer().port());
        assertEquals(
                PullException.Code.WRONG_NODE,
                failure(pull(fetcher(), id(1), other)).code());
    }

    @Test
    void manyWhoWaitForOneObjectCauseOneTransfer() throws Exception {
        final TransferNode fetcher = fetcher();
        giver.put(id(1), LARGE, CreateOptions.DEFAULT);
        final List<CompletableFuture<Void>> pulls = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            pulls.add(pull(fetcher, id(1), giver.peer()));
        }
        for (CompletableFuture<Void> pull : pulls) {
            await(pull);
        }
        assertEquals(1, fetcher.puller.transfers());
        assertEquals(LARGE, fetcher.puller.bytesReceived());
    }

    @Test
    void moreThanAConnectionTakesAtOnceComesOneAfterTheOther() throws Exception {
        final TransferNode fetcher = fetcher(64 * MIB, PullOptions.DEFAULT);
        final List<CompletableFuture<Void>> pulls = new ArrayList<>();
        for (int i = 0; i < 600; i++) {
            giver.put(id(i), 100, CreateOptions.DEFAULT);
        }
        for (int i = 0; i < 600; i++) {
            pulls.add(pull(fetcher, id(i), giver.peer()));
        }
        for (int i = 0; i < 600; i++) {
            await(pulls.get(i));
            giver.assertSame(id(i), fetcher);
        }
        assertEquals(600, fetcher.puller.transfers());
    }

    @Test
    void questionsAreAnsweredWhileALargeObjectComes() throws Exception {
        final TransferNode fetcher = fetcher();
        giver.put(id(1), 256 * MIB, CreateOptions.DEFAULT);
        final CompletableFuture<Void> large = pull(fetcher, id(1), giver.peer());
        eventually("it comes", () -> fetcher.puller.transfers() == 1);
        int answered = 0;
        while (!large.isDone()) {
            final long beganNs = System.nanoTime();
            assertEquals(
                    PullException.Code.NOT_HERE,
                    failure(pull(fetcher, id(100 + answered), giver.peer())).code());
            final long tookMs = (System.nanoTime() - beganNs) / 1_000_000;
            assertTrue(tookMs < 1_000, "ms " + tookMs);
            answered++;
        }
        await(large);
        assertTrue(answered > 0);
        giver.assertSame(id(1), fetcher);
    }

    @Test
    void bytesInFlightStayBelowTheLimit() throws Exception {
        final long limit = 5 * MIB;
        final TransferNode fetcher = fetcher(128 * MIB, new PullOptions(limit, 10_000));
        final List<CompletableFuture<Void>> pulls = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            giver.put(id(i), 2 * MIB, CreateOptions.DEFAULT);
        }
        for (int i = 0; i < 20; i++) {
            pulls.add(pull(fetcher, id(i), giver.peer()));
        }
        for (CompletableFuture<Void> pull : pulls) {
            await(pull);
        }
        assertEquals(4 * MIB, fetcher.puller.mostBytesInFlight(), "two at a time");
        assertEquals(0, fetcher.puller.bytesInFlight());
    }

    @Test
    void aTransferGoesOnWhereItsConnectionFell() throws Exception {
        final TransferNode fetcher = fetcher();
        giver.put(id(1), LARGE, CreateOptions.DEFAULT);
        try (MeddlingProxy proxy = new MeddlingProxy(giver.peer().port(), MeddlingProxy.Deed.CUT, LARGE / 2)) {
            await(pull(fetcher, id(1), giver.peerAt(proxy.port())));
            giver.assertSame(id(1), fetcher);
            assertEquals(2, proxy.connections());
        }
        assertEquals(1, fetcher.puller.resumed());
        assertEquals(LARGE, fetcher.puller.bytesReceived(), "nothing came twice");
    }

    @Test
    void anObjectThatWasMadeAgainMeanwhileIsNoContinuation() throws Exception {
        final TransferNode fetcher = fetcher();
        giver.put(id(1), LARGE, CreateOptions.DEFAULT);
        final long before = fetcher.memory();
        try (MeddlingProxy proxy = new MeddlingProxy(giver.peer().port(), MeddlingProxy.Deed.HOLD, LARGE / 2)) {
            final CompletableFuture<Void> pull = pull(fetcher, id(1), giver.peerAt(proxy.port()));
            eventually("some of it came", () -> proxy.isHolding());
            giver.store.delete(id(1));
            giver.put(id(1), LARGE, CreateOptions.DEFAULT.withMetadata(new byte[] {1}));
            proxy.cut();
            assertEquals(PullException.Code.CORRUPT, failure(pull).code());
            assertEquals(1, fetcher.puller.resumed());
        }
        assertNothingIsLeft(fetcher, id(1), before);
    }

    /** What becomes of one bit that is changed on the way. */
    void expectTheChange(TransferNode fetcher, CompletableFuture<Void> pull, long memoryBefore) throws Exception {
        final PullException failure = failure(pull);
        assertEquals(PullException.Code.CORRUPT, failure.code());
        assertTrue(failure.getMessage().contains("what came is not what was sent"), failure.getMessage());
        assertNothingIsLeft(fetcher, id(1), memoryBefore);
    }

    @Test
    void aChangedBitIsNoticed() throws Exception {
        final TransferNode fetcher = fetcher();
        giver.put(id(1), LARGE, CreateOptions.DEFAULT);
        final long before = fetcher.memory();
        // Far from all heads of chunks, which are 28 bytes of 256 KiB and come at the same places each time.
        try (MeddlingProxy proxy =
                new MeddlingProxy(giver.peer().port(), MeddlingProxy.Deed.CHANGE, LARGE / 2 + 100_000)) {
            expectTheChange(fetcher, pull(fetcher, id(1), giver.peerAt(proxy.port())), before);
        }
    }

    @Test
    void whoeverCancelsGetsNothingAndLeavesNothing() throws Exception {
        final TransferNode fetcher = fetcher();
        giver.put(id(1), LARGE, CreateOptions.DEFAULT);
        final long before = fetcher.memory();
        try (MeddlingProxy proxy = new MeddlingProxy(giver.peer().port(), MeddlingProxy.Deed.HOLD, LARGE / 2)) {
            final CompletableFuture<Void> pull = pull(fetcher, id(1), giver.peerAt(proxy.port()));
            eventually("it comes", () -> fetcher.puller.transfers() == 1);
            pull.cancel(true);
            assertNothingIsLeft(fetcher, id(1), before);
        }
    }

    @Test
    void theDeadlineHoldsThoughNothingComes() throws Exception {
        final TransferNode fetcher = fetcher();
        giver.put(id(1), LARGE, CreateOptions.DEFAULT);
        final long before = fetcher.memory();
        try (MeddlingProxy proxy = new MeddlingProxy(giver.peer().port(), MeddlingProxy.Deed.HOLD, LARGE / 2)) {
            final CompletableFuture<Void> pull =
                    fetcher.puller.pull(id(1), giver.peerAt(proxy.port()), PullPriority.WAIT, Duration.ofMillis(1_500));
            assertEquals(PullException.Code.TIMED_OUT, failure(pull).code());
            assertNothingIsLeft(fetcher, id(1), before);
        }
    }

    @Test
    void aPeerThatStopsMeanwhileIsUnreachable() throws Exception {
        final TransferNode fetcher = fetcher();
        giver.put(id(1), LARGE, CreateOptions.DEFAULT);
        final long before = fetcher.memory();
        try (MeddlingProxy proxy = new MeddlingProxy(giver.peer().port(), MeddlingProxy.Deed.HOLD, LARGE / 2)) {
            final CompletableFuture<Void> pull = pull(fetcher, id(1), giver.peerAt(proxy.port()));
            eventually("it comes", () -> fetcher.puller.bytesReceived() + fetcher.puller.transfers() > 0);
            eventually("it is sent", () -> giver.objects.sending() == 1);
            giver.stop();
            proxy.end();
            final PullException failure = failure(pull);
            assertEquals(PullException.Code.UNREACHABLE, failure.code());
            assertNothingIsLeft(fetcher, id(1), before);
        }
    }

    @Test
    void aFetcherThatStopsLeavesNothing() throws Exception {
        final TransferNode fetcher = fetcher();
        giver.put(id(1), LARGE, CreateOptions.DEFAULT);
        final long before = fetcher.memory();
        try (MeddlingProxy proxy = new MeddlingProxy(giver.peer().port(), MeddlingProxy.Deed.HOLD, LARGE / 2)) {
            final CompletableFuture<Void> pull = pull(fetcher, id(1), giver.peerAt(proxy.port()));
            eventually("it is sent", () -> giver.objects.sending() == 1);
            fetcher.puller.close();
            assertEquals(PullException.Code.CLOSED, failure(pull).code());
        }
        assertNothingIsLeft(fetcher, id(1), before);
        assertEquals(
                PullException.Code.CLOSED,
                failure(pull(fetcher, id(1), giver.peer())).code());
    }

    @Test
    void aFullStoreIsToldAndNothingIsLost() {
        final TransferNode fetcher = fetcher(24 * MIB, PullOptions.DEFAULT);
        fetcher.put(id(2), 16 * MIB, CreateOptions.DEFAULT);
        giver.put(id(1), 16 * MIB, CreateOptions.DEFAULT);
        final long before = fetcher.memory();
        final PullException failure =
                failure(fetcher.puller.pull(id(1), giver.peer(), PullPriority.GET, Duration.ofSeconds(2)));
        assertEquals(PullException.Code.STORE_FULL, failure.code(), failure.getMessage());
        assertNothingIsLeft(fetcher, id(1), before);
    }

    @Test
    void whatCanNeverFitIsRefusedAtOnce() {
        final TransferNode fetcher = fetcher(16 * MIB, PullOptions.DEFAULT);
        giver.put(id(1), LARGE, CreateOptions.DEFAULT);
        final long before = fetcher.memory();
        final PullException failure = failure(pull(fetcher, id(1), giver.peer()));
        assertEquals(PullException.Code.STORE_FULL, failure.code());
        assertNothingIsLeft(fetcher, id(1), before);
    }

    @Test
    void aConnectionThatNobodyUsesIsClosed() throws Exception {
        final TransferNode fetcher = fetcher(16 * MIB, new PullOptions(MIB, 50));
        giver.put(id(1), 10, CreateOptions.DEFAULT);
        await(pull(fetcher, id(1), giver.peer()));
        eventually(
                "it is closed",
                () -> CompletableFuture.supplyAsync(fetcher.puller.peers::size, fetcher.loop::execute)
                                .join()
                        == 0);
    }
}
