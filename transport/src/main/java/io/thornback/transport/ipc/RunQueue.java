/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.transport.ipc;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;

/**
 * How long it pays to spin: not at all if more threads want to run than there are cores, since then the spinning thread
 * keeps off the very one that it waits for. Asks {@code /proc/loadavg} (proc(5): its fourth field is runnable/all
 * threads) at most ten times a second. One thread.
 */
final class RunQueue {
    static final long SPIN_NS = 20_000;

    private static final long SAMPLE_INTERVAL_NS = 100_000_000L;
    private static final Path LOADAVG = Path.of("/proc/loadavg");

    private final int cores = Runtime.getRuntime().availableProcessors();
    private final ByteBuffer text = ByteBuffer.allocateDirect(128);
    private long sampledNs;
    private long spinNs;
    private boolean sampled;

    long spinNs(long nowNs) {
        if (cores == 1) {
            return 0;
        }
        if (!sampled || nowNs - sampledNs >= SAMPLE_INTERVAL_NS) {
            sampled = true;
            sampledNs = nowNs;
            spinNs = runnable() > cores ? 0 : SPIN_NS;
        }
        return spinNs;
    }

    /** Runnable threads of the host, this one included; 0 if the kernel does not say. */
    private int runnable() {
        text.clear();
        try (FileChannel loadavg = FileChannel.open(LOADAVG)) {
            loadavg.read(text);
        } catch (IOException e) {
            InboxErrors.LOG.debug("cannot read {}", LOADAVG, e);
            return 0;
        }
        return parse(text.flip());
    }

    /** The number before the slash in e.g. {@code 0.20 0.18 0.12 1/80 11206}. */
    static int parse(ByteBuffer text) {
        int number = 0;
        for (int i = text.position(); i < text.limit(); i++) {
            byte b = text.get(i);
            if (b == '/') {
                return number;
            }
            number = b >= '0' && b <= '9' ? number * 10 + b - '0' : 0;
        }
        return 0;
    }
}
