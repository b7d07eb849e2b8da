/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.posix;

/** Signal numbers that a node uses (the same on x86-64 and aarch64), and names for messages. */
public final class Signals {

    /** Hang-up. */
    public static final int HUP = 1;

    /** Interrupt, as from Ctrl-C. */
    public static final int INT = 2;

    /** Makes a JVM print its threads. */
    public static final int QUIT = 3;

    /** Ends a process for certain; cannot be caught. */
    public static final int KILL = 9;

    /** For the application's own use. */
    public static final int USR1 = 10;

    /** Asks a process to end. */
    public static final int TERM = 15;

    /** Lets a stopped process go on. */
    public static final int CONT = 18;

    /** Stops a process; cannot be caught. */
    public static final int STOP = 19;

    /** The size of a terminal has changed; ignored by who has none and asks for nothing else. */
    public static final int WINCH = 28;

    private static final int CHLD = 17;
    private static final String[] NAMES = {
        "NULL", "HUP", "INT", "QUIT", "ILL", "TRAP", "ABRT", "BUS", "FPE", "KILL", "USR1", "SEGV", "USR2", "PIPE",
        "ALRM", "TERM", "STKFLT", "CHLD", "CONT", "STOP", "TSTP", "TTIN", "TTOU", "URG", "XCPU", "XFSZ", "VTALRM",
        "PROF", "WINCH", "IO", "PWR", "SYS"
    };

    private static final long SIG_DFL = 0;
    private static final long SIG_IGN = 1;
    private static final int SA_NOCLDWAIT = 2;
    private static final int SIGACTION_LENGTH = 152;
    private static final int SIGACTION_FLAGS_OFFSET = 136;

    private Signals() {}

    /** "SIGKILL" for 9; a number that has no name gives "signal 35". */
    public static String name(final int signal) {
        return signal > 0 && signal < NAMES.length ? "SIG" + NAMES[signal] : "signal " + signal;
    }

    /**
     * Makes children of this process leave a status to wait for. A process that was started with SIGCHLD ignored, as
     * some container runtimes and cron jobs do it, loses each child's status as it ends.
     */
    static void keepStatusOfChildren() {
        final long action = Libc.allocate(SIGACTION_LENGTH);
        try {
            check(Libc.call(Libc.symbol("sigaction"), CHLD, 0, action), "sigaction");
            final boolean lost = Libc.memory().getLong(action) == SIG_IGN
                    || (Libc.memory().getInt(action + SIGACTION_FLAGS_OFFSET) & SA_NOCLDWAIT) != 0;
            if (lost && Libc.call(Libc.symbol("signal"), CHLD, SIG_DFL) == -1) {
                throw new PosixException(Libc.errno(), "signal", name(CHLD), null);
            }
        } finally {
            Libc.free(action);
        }
    }

    private static void check(final long result, final String call) {
        if (Libc.intResult(result) != 0) {
            throw new PosixException(Libc.errno(), call, name(CHLD), null);
        }
    }
}
