/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.posix;

/**
 * How a process ended.
 *
 * @param code   exit code 0 to 255; -1 if a signal ended it
 * @param signal signal that ended it; 0 if it ended by itself
 */
public record ExitStatus(int code, int signal) {

    /** From the status word of {@code waitpid(2)}. */
    static ExitStatus ofWaitStatus(final int status) {
        final int signal = status & 0x7f;
        return signal == 0 ? new ExitStatus((status >> 8) & 0xff, 0) : new ExitStatus(-1, signal);
    }

    /** Exit code 0. */
    public boolean isSuccess() {
        return code == 0;
    }

    /** "exit code 1" or "signal 9 (SIGKILL)". */
    public String describe() {
        return signal == 0 ? "exit code " + code : "signal " + signal + " (" + Signals.name(signal) + ")";
    }
}
