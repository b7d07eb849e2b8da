/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.objectstore;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Random;

/**
 * Reads without ever waiting for the store, whether it lives or not, and checks every byte; keeps some buffers open and checks them again when it
 * closes them, long after their objects may have been deleted.
 */
final class TortureReader implements AutoCloseable {
    private static final int MAX_HELD = 6;

    private final ObjectStoreClient client;
    private final TortureBoard board;
    private final int number;
    private final Random random;
    private final Deque<Held> held = new ArrayDeque<>();

    private record Held(ObjectBuffer object, long number) {
        void close() {
            TortureObjects.check(object, number);
            object.close();
        }
    }

    TortureReader(final ObjectStoreClient client, final TortureBoard board, final int number, final Random random) {
        this.client = client;
        this.board = board;
        this.number = number;
        this.random = random;
    }

    void step() {
        final long wanted = board.object(random.nextInt(TortureBoard.OBJECTS));
        final ObjectBuffer object = wanted == 0 ? null : client.get(TortureObjects.id(wanted));
        if (object == null) {
            contested();
            return;
        }
        final boolean down = board.isDisturbed();
        final Held found = new Held(object, wanted);
        TortureObjects.check(object, wanted);
        if (random.nextInt(4) == 0) {
            held.add(found);
        } else {
            found.object.close();
        }
        if (held.size() > random.nextInt(MAX_HELD + 1)) {
            held.poll().close();
        }
        board.progressed(number, TortureBoard.READS);
        if (down && board.isDisturbed()) {
            board.progressed(number, TortureBoard.READS_WHILE_DOWN);
        }
    }

    int held() {
        return held.size();
    }

    @Override
    public void close() {
        held.forEach(Held::close);
        held.clear();
    }

    private void contested() {
        final int which = random.nextInt(TortureObjects.CONTESTED);
        try (ObjectBuffer object = client.get(TortureObjects.contestedId(which))) {
            if (object != null) {
                TortureObjects.checkContested(object, which);
            }
        }
    }
}
