/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.ids;

/**
 * A job: one driver and all that it started. 4 bytes.
 *
 * @param value positive; 0 is "no job" (a process of the node itself).
 */
public record JobId(int value) {
    /** The node's own processes and tools. */
    public static final JobId NONE = new JobId(0);

    @Override
    public String toString() {
        return String.format("%08x", value);
    }
}
