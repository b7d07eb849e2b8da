/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.quickstart;

import java.nio.file.Path;
import java.util.Optional;

/**
 * What to count, and how.
 *
 * @param input a folder or jar; empty for the running JDK
 * @param chunkBytes length aimed at for an object, from 64 KiB to 1 GiB
 * @param top how many methods and types to name, 0 to 10,000
 * @param fanIn how many results a reduce task joins, 2 to 1,000
 */
public record QuickstartOptions(Optional<Path> input, int chunkBytes, int top, int fanIn) {
    /** Length of an object unless another is asked for: 8 MiB, some fifteen tasks for a JDK. */
    public static final int DEFAULT_CHUNK_BYTES = 8 << 20;

    private static final int MIN_CHUNK_BYTES = 64 << 10;
    private static final int MAX_CHUNK_BYTES = 1 << 30;
    private static final int MAX_TOP = 10_000;
    private static final int MAX_FAN_IN = 1_000;

    /** @throws IllegalArgumentException if a number is outside its range */
    public QuickstartOptions {
        require("chunk size", chunkBytes, MIN_CHUNK_BYTES, MAX_CHUNK_BYTES);
        require("top", top, 0, MAX_TOP);
        require("fan-in", fanIn, 2, MAX_FAN_IN);
    }

    /** The running JDK, 8 MiB, the first ten, four at a time. */
    public static QuickstartOptions defaults() {
        return new QuickstartOptions(Optional.empty(), DEFAULT_CHUNK_BYTES, 10, 4);
    }

    private static void require(String what, int value, int least, int most) {
        if (value < least || value > most) {
            throw new IllegalArgumentException(what + "=" + value + ", must be from " + least + " to " + most);
        }
    }
}
