/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.benchmarks;

import io.thornback.objectstore.ObjectId;
import java.util.Random;
import org.agrona.concurrent.UnsafeBuffer;

/** Object ids by number: every process that is told the number finds the object. */
final class Ids {
    static final int JOB = 1;

    private Ids() {}

    static ObjectId id(long number) {
        // Four bytes in front, so that the id's words, which begin behind an array's header, are aligned.
        UnsafeBuffer bytes = new UnsafeBuffer(new byte[ObjectId.LENGTH_BYTES + 4], 4, ObjectId.LENGTH_BYTES);
        bytes.putLong(0, number * 0x9E3779B97F4A7C15L);
        bytes.putLong(8, number);
        bytes.putInt(20, JOB);
        return ObjectId.of(bytes, 0);
    }

    /** The ids of 0 to count - 1 in random order; made in that order, so that walking the array costs no cache misses of its own. */
    static ObjectId[] shuffled(int count) {
        int[] numbers = new int[count];
        Random random = new Random(42);
        for (int i = 0; i < count; i++) {
            int at = random.nextInt(i + 1);
            numbers[i] = numbers[at];
            numbers[at] = i;
        }
        ObjectId[] ids = new ObjectId[count];
        for (int i = 0; i < count; i++) {
            ids[i] = id(numbers[i]);
        }
        return ids;
    }
}
