/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.objectstore;

import static io.thornback.objectstore.StoreFixture.bytes;
import static io.thornback.objectstore.StoreFixture.id;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.thornback.posix.ProcessIdentity;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

class StoreReportTest {
    private static final Duration LONG = StoreFixture.LONG;
    private static final long ARENA = 64L << 20;

    @Test
    void saysWhoHoldsWhat() {
        try (StoreFixture store = new StoreFixture(ARENA)) {
            final ObjectStoreClient client = store.client(ClientOptions.of(store.shmDir, "holder", 7));
            client.put(id(7, 1, 0), bytes(3_000_000, 1));
            client.put(id(7, 2, 0), bytes(1_000_000, 2));
            client.put(id(8, 3, 0), bytes(100, 3));
            try (ObjectBuffer read = client.get(id(7, 1, 0), LONG);
                    WritableObject writing = client.create(id(7, 4, 0), 2_000_000)) {
                client.flush(LONG);
                assertEquals(2_000_000, writing.sizeBytes());
                assertEquals(3_000_000, read.length());
                final StoreReport report = StoreReport.read(store.shmDir, 2);
                assertTrue(report.isOwnerAlive());
                assertEquals(ProcessIdentity.current(), report.owner());
                assertEquals(1, report.clients().size());
                final StoreReport.ClientUse holder = report.clients().get(0);
                assertEquals(7, holder.jobId());
                assertEquals(3, holder.objects());
                assertEquals(1, holder.pins());
                assertTrue(holder.unsealedBytes() >= 2_000_000);
                final StoreReport.JobUse job = report.jobs().get(0);
                assertEquals(7, job.jobId());
                assertEquals(2, job.objects());
                assertEquals(1, job.pinned());
                assertEquals(
                        List.of(id(7, 1, 0), id(7, 2, 0)),
                        report.top().stream().map(MemoryObject::id).toList());
                assertEquals(1, report.top().get(0).pins());
                final StoreReport.Fragmentation free = report.fragmentation();
                assertTrue(free.largestFreeBytes() <= free.freeBytes());
                assertTrue(free.freeBytes() < ARENA - 6_000_000);
                assertTrue(free.largestFreeBytes() > ARENA / 2);
                assertEquals(store.counters().usedBytes() + store.counters().leasedBytes(), ARENA - free.freeBytes());
            }
        }
    }

    @Test
    void listsTheLargestThatAreWanted() {
        try (StoreFixture store = new StoreFixture(ARENA)) {
            final ObjectStoreClient client = store.client();
            for (int i = 1; i <= 20; i++) {
                client.put(id(i), bytes(1000 * i, i));
            }
            client.flush(LONG);
            final List<MemoryObject> list =
                    MemoryObject.list(store.shmDir, object -> object.state().equals("SEALED"), 3);
            assertEquals(
                    List.of(id(20), id(19), id(18)),
                    list.stream().map(MemoryObject::id).toList());
            assertEquals(20_000, list.get(0).sizeBytes());
            assertFalse(list.get(0).isCopy());
            final List<MemoryObject> unsealed = MemoryObject.list(store.shmDir, object -> object.id() == null, 1);
            assertNull(unsealed.get(0).id(), "leased in advance");
            assertEquals("LEASED", unsealed.get(0).state());
        }
    }
}
