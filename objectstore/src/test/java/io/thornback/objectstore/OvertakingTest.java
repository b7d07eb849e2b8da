/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.objectstore;

import static io.thornback.objectstore.StoreFixture.LONG;
import static io.thornback.objectstore.StoreFixture.bytes;
import static io.thornback.objectstore.StoreFixture.eventually;
import static io.thornback.objectstore.StoreFixture.id;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.thornback.transport.ipc.OutboundLane;
import io.thornback.transport.wire.CancelWaitEncoder;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Messages that reach the store before the SEAL of the object that they are about. */
class OvertakingTest {
    private StoreFixture store;
    private ObjectStoreClient maker;
    private ObjectStoreClient other;
    private OutboundLane lane;
    private int stuck;

    /** A thread of the maker stops between claim and commit: whatever its process commits behind is not read. */
    @BeforeEach
    void start() {
        store = new StoreFixture(8L << 20);
        maker = store.client();
        other = store.client();
        maker.put(id(0), bytes(100, 0));
        maker.flush(LONG);
        lane = maker.lane.lane();
        stuck = lane.tryClaim(CancelWaitEncoder.TEMPLATE_ID, StoreMessages.HEADER_LENGTH + 8);
        assertTrue(stuck > 0);
        maker.put(id(1), bytes(100, 1));
    }

    @AfterEach
    void stop() {
        store.close();
    }

    @Test
    void aDeleteTakesEffectThoughItCameFirst() {
        other.delete(id(1));
        other.flush(LONG);
        assertEquals(0, store.counters().deletedTotal());
        try (ObjectBuffer object = maker.get(id(1))) {
            assertArrayEquals(bytes(100, 1), object.toByteArray(), "its maker sees it all the time");
        }
        lane.abort(stuck);
        eventually("the delete is applied", () -> store.counters().deletedTotal() == 1);
        assertEquals(1, store.counters().objects());
    }

    @Test
    void aQuestionIsAnsweredWhenTheAnswerIsKnown() throws Exception {
        final CompletableFuture<Boolean> contained = CompletableFuture.supplyAsync(() -> other.contains(id(1)));
        other.flush(LONG);
        lane.abort(stuck);
        assertTrue(contained.get(LONG.toSeconds(), TimeUnit.SECONDS));
    }

    @Test
    void theReleaseOfAJobTakesWhatItsClientsHadSealed() {
        other.releaseJob(1);
        other.flush(LONG);
        assertEquals(0, store.counters().deletedTotal());
        lane.abort(stuck);
        eventually("the job is released", () -> store.counters().deletedTotal() == 2);
    }

    @Test
    void whatTheSealOfADeadSenderHidesIsDecidedWhenItsLaneIsClosed() {
        other.delete(id(2));
        other.flush(LONG);
        lane.abort(stuck);
        maker.close();
        eventually("the maker is gone", () -> store.counters().clients() == 1);
        other.put(id(2), bytes(10, 2));
        other.flush(LONG);
        assertTrue(other.contains(id(2)), "a delete from before does not hit what came after");
    }
}
