/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.objectstore;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Makes room when a create does not fit, and explains when that was in vain. One thread, the agent. */
final class StoreRoom implements LeaseDesk.Room {
    private static final int TOP_HOLDERS = 5;

    private final CellTable cells;
    private final DoomedCells doomed;
    private final ClientRegistry clients;
    private final Residency residency;

    StoreRoom(
            final CellTable cells, final DoomedCells doomed, final ClientRegistry clients, final Residency residency) {
        this.cells = cells;
        this.doomed = doomed;
        this.clients = clients;
        this.residency = residency;
    }

    @Override
    public boolean make(final long wantedBytes) {
        return residency.makeRoom(wantedBytes);
    }

    @Override
    public boolean makeOfJob(final int jobId, final long wantedBytes) {
        return residency.makeRoomOfJob(jobId, wantedBytes);
    }

    @Override
    public boolean isPromised() {
        return residency.isMemoryPromised();
    }

    @Override
    public boolean makeAgain(final long wantedBytes) {
        return residency.reclaimOrEvict(wantedBytes);
    }

    @Override
    public String describe(final String cause) {
        return "cause=\"" + cause + "\" arenaBytes=" + cells.capacityBytes() + " usedBytes=" + cells.usedBytes()
                + " leasedBytes=" + cells.leasedBytes() + " largestFreeBytes=" + cells.largestFreeBytes()
                + " pagesBytes=" + cells.pagedBytes() + " deletedButReadObjects=" + doomed.size() + " "
                + residency.describe() + " holders="
                + holders();
    }

    /** Who made what is there, and who has leased what is not; the largest first. Walks all descriptors: only for errors. */
    private List<String> holders() {
        final Map<Integer, long[]> sums = new TreeMap<>();
        for (int cell = 0; cell < cells.usedHigh(); cell++) {
            final long word = cells.word(cell);
            final int state = CellDescriptor.state(word);
            if (state != CellDescriptor.FREE) {
                final long[] sum = sums.computeIfAbsent(CellDescriptor.client(word), ignored -> new long[2]);
                final boolean leased = state == CellDescriptor.LEASED || state == CellDescriptor.WRITING;
                sum[leased ? 1 : 0] += CellDescriptor.capacityPlain(cells.address(cell));
            }
        }
        final List<Map.Entry<Integer, long[]>> largest = new ArrayList<>(sums.entrySet());
        largest.sort(Comparator.comparingLong((Map.Entry<Integer, long[]> e) -> e.getValue()[0] + e.getValue()[1])
                .reversed());
        return largest.stream()
                .limit(TOP_HOLDERS)
                .map(e -> name(e.getKey()) + " sealedBytes=" + e.getValue()[0] + " writingBytes=" + e.getValue()[1])
                .toList();
    }

    private String name(final int clientId) {
        final ClientSession session = clients.find(clientId);
        return session == null ? "client " + clientId + " (gone)" : session.toString();
    }
}
