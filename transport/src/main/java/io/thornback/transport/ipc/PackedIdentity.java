/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.transport.ipc;

import io.thornback.posix.ProcessIdentity;

/** A process identity in 64 bits, so that a CAS can take and name an owner at once: {@code [startTicks:42 | pid:22]}; 0 = nobody. */
final class PackedIdentity {
    private static final int PID_BITS = 22;

    private PackedIdentity() {}

    static long of(ProcessIdentity process) {
        return (process.startTicks() << PID_BITS) | process.pid();
    }

    static ProcessIdentity unpack(long packed) {
        return new ProcessIdentity(packed & ((1L << PID_BITS) - 1), packed >>> PID_BITS);
    }
}
