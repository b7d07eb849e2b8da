/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.objectstore;

import io.thornback.posix.ProcessIdentity;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.agrona.UnsafeApi;

/** Adds a store's cells up for a {@link StoreReport}. One thread, used once. */
final class ReportBuilder {
    private static final int OBJECTS = 0;
    private static final int SEALED = 1;
    private static final int UNSEALED = 2;
    private static final int PINNED = 3;

    private final StoreObserver observer;
    private final MemoryObject.Largest largest;
    private final Map<String, long[]> states = new LinkedHashMap<>();
    private final Map<Integer, long[]> jobs = new TreeMap<>();
    private final Map<Integer, long[]> clients = new TreeMap<>();
    private final Map<Long, Long> slabs = new TreeMap<>();
    private final List<long[]> extents = new ArrayList<>();
    private long usedBytes;
    private long wastedBytes;

    ReportBuilder(final StoreObserver observer, final int top) {
        this.observer = observer;
        this.largest = new MemoryObject.Largest(top);
    }

    StoreReport build() {
        for (int state = CellDescriptor.LEASED; state <= CellDescriptor.DOOMED; state++) {
            states.put(CellDescriptor.stateName(state), new long[2]);
        }
        observer.forEachCell(this::add);
        final ProcessIdentity owner = new ProcessIdentity(
                UnsafeApi.getLong(observer.storeAddress + StoreDescriptor.OWNER_PID_OFFSET),
                UnsafeApi.getLong(observer.storeAddress + StoreDescriptor.OWNER_START_OFFSET));
        return new StoreReport(
                StoreCounters.read(observer.storeAddress),
                UnsafeApi.getLong(observer.storeAddress + StoreDescriptor.EPOCH_OFFSET),
                owner,
                owner.isAlive(),
                states.entrySet().stream()
                        .map(e -> new StoreReport.StateUse(e.getKey(), e.getValue()[0], e.getValue()[1]))
                        .toList(),
                jobs.entrySet().stream()
                        .map(e -> job(e.getKey(), e.getValue()))
                        .sorted(Comparator.comparingLong(StoreReport.JobUse::bytes)
                                .reversed())
                        .toList(),
                clients(),
                largest.toList(),
                fragmentation());
    }

    private void add(final MemoryObject object) {
        final long[] state = states.get(object.state());
        if (state == null) {
            return; // no state of this release: not counted rather than guessed
        }
        state[0]++;
        state[1] += object.memoryBytes();
        final boolean isSealed = object.id() != null;
        add(jobs.computeIfAbsent(object.jobId(), ignored -> new long[4]), object, isSealed);
        add(clients.computeIfAbsent(object.clientId(), ignored -> new long[4]), object, isSealed);
        usedBytes += object.memoryBytes();
        if (isSealed) {
            wastedBytes +=
                    object.memoryBytes() - CellDescriptor.sizeWithMetadata(object.sizeBytes(), object.metadataBytes());
            largest.offer(object);
        }
        addMemory(object);
    }

    private static void add(final long[] sums, final MemoryObject object, final boolean isSealed) {
        sums[OBJECTS] += isSealed ? 1 : 0;
        sums[isSealed ? SEALED : UNSEALED] += object.memoryBytes();
        sums[PINNED] += object.pins() > 0 ? 1 : 0;
    }

    private void addMemory(final MemoryObject object) {
        final int place = observer.slabPlaceOf(object);
        final long offset = observer.offsetOf(object);
        if (place < 0) {
            extents.add(new long[] {offset, object.memoryBytes()});
        } else {
            final int sizeClass = SizeClasses.classOf(object.memoryBytes());
            if (sizeClass != SizeClasses.EXTENT) {
                slabs.put(offset - place * object.memoryBytes(), (long) SizeClasses.slabBytes(sizeClass));
            }
        }
    }

    private static StoreReport.JobUse job(final int jobId, final long[] sums) {
        return new StoreReport.JobUse(jobId, sums[OBJECTS], sums[SEALED], sums[UNSEALED], sums[PINNED]);
    }

    private List<StoreReport.ClientUse> clients() {
        final List<StoreReport.ClientUse> uses = new ArrayList<>();
        for (int client = 1; client <= observer.maxClients; client++) {
            if (observer.isClient(client)) {
                final long[] sums = clients.getOrDefault(client, new long[4]);
                final ProcessIdentity process = observer.processOf(client);
                uses.add(new StoreReport.ClientUse(
                        client,
                        observer.jobOf(client),
                        process,
                        process.isAlive(),
                        observer.inboxOf(client),
                        sums[OBJECTS],
                        sums[SEALED],
                        sums[UNSEALED],
                        observer.pinsOf(client)));
            }
        }
        uses.sort(Comparator.comparingLong(StoreReport.ClientUse::bytes).reversed());
        return uses;
    }

    private StoreReport.Fragmentation fragmentation() {
        slabs.forEach((offset, length) -> extents.add(new long[] {offset, length}));
        final long[][] used = extents.toArray(new long[0][]);
        Arrays.sort(used, Comparator.comparingLong((long[] range) -> range[0]));
        long end = 0;
        long inUse = 0;
        long largestFree = 0;
        long pieces = 0;
        for (int i = 0; i <= used.length; i++) {
            final long next = i < used.length ? used[i][0] : observer.arenaLength;
            if (next > end) {
                largestFree = Math.max(largestFree, next - end);
                pieces++;
            }
            if (i < used.length) {
                end = Math.max(end, used[i][0] + used[i][1]);
                inUse += used[i][1];
            }
        }
        final long freeBytes = Math.max(0, observer.arenaBytes - usedBytes);
        final long outsideOfSlabs = Math.max(0, observer.arenaBytes - inUse);
        return new StoreReport.Fragmentation(
                freeBytes,
                Math.min(largestFree, outsideOfSlabs),
                pieces,
                Math.max(0, freeBytes - outsideOfSlabs),
                wastedBytes);
    }
}
