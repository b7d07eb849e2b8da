/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.objectstore;

import java.io.IOException;
import java.nio.MappedByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** What a client of the crash rounds has begun and done with each of its objects, one byte each, in a mapped file that outlives its process. */
final class CrashJournal {
    static final int OBJECTS = 2048;

    static final byte NONE = 0;
    static final byte PUT_BEGUN = 1;
    static final byte PUT_DONE = 2;
    static final byte DELETE_BEGUN = 3;
    static final byte DELETE_DONE = 4;

    private final MappedByteBuffer states;

    CrashJournal(final Path folder, final int client) {
        final Path path = folder.resolve("journal-" + client);
        try (FileChannel file =
                FileChannel.open(path, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
            states = file.map(FileChannel.MapMode.READ_WRITE, 0, OBJECTS);
        } catch (final IOException e) {
            throw new AssertionError(e);
        }
    }

    byte state(final int object) {
        return states.get(object);
    }

    void state(final int object, final byte state) {
        states.put(object, state);
    }

    /** Ids of different clients differ. */
    static ObjectId id(final int client, final int object) {
        return StoreFixture.id(7, (long) client << 20 | object, 1);
    }

    static int length(final int client, final int object) {
        final int mixed = (client * 31 + object) * 0x9E3779B1;
        return object % 40 == 39 ? 66_000 + (mixed >>> 20) : 16 + (mixed >>> 20);
    }

    /** Every long of an object is a function of its id and its place, so that a torn one shows. */
    static long word(final int client, final int object, final long offset) {
        return ((long) client << 40 | object) * 0x9E3779B97F4A7C15L + offset;
    }

    static boolean isWhole(final ObjectBuffer buffer, final int client, final int object) {
        if (buffer.length() != length(client, object)) {
            return false;
        }
        for (long at = 0; at + Long.BYTES <= buffer.length(); at += Long.BYTES) {
            if (buffer.getLong(at) != word(client, object, at)) {
                return false;
            }
        }
        return true;
    }
}
