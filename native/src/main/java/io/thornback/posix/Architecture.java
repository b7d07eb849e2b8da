/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.posix;

/** System call numbers and struct layouts that differ between the two architectures this package knows. */
enum Architecture {
    X86_64(202, 12, 4),
    AARCH64(98, 16, 8);

    /** The same on both: calls newer than Linux 5.1 have one number everywhere. */
    static final long SYS_PIDFD_SEND_SIGNAL = 424;

    static final long SYS_PIDFD_OPEN = 434;

    /** What the process runs on; loading this class fails with a clear message on anything else. */
    static final Architecture CURRENT = of(System.getProperty("os.name"), System.getProperty("os.arch"));

    /** {@code futex(2)}. */
    final long futexNumber;

    /** {@code struct epoll_event} is packed on x86-64 only. */
    final int epollEventLength;

    final int epollDataOffset;

    Architecture(final long futexNumber, final int epollEventLength, final int epollDataOffset) {
        this.futexNumber = futexNumber;
        this.epollEventLength = epollEventLength;
        this.epollDataOffset = epollDataOffset;
    }

    static Architecture of(final String osName, final String osArch) {
        if ("Linux".equals(osName)) {
            if ("amd64".equals(osArch) || "x86_64".equals(osArch)) {
                return X86_64;
            }
            if ("aarch64".equals(osArch)) {
                return AARCH64;
            }
        }
        throw new UnsupportedOperationException("os.name=" + osName + " os.arch=" + osArch
                + ": Thornback runs on Linux on x86-64 and aarch64 only (system call numbers are known for these)");
    }
}
