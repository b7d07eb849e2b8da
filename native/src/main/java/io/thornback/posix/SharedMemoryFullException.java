/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.posix;

/**
 * A file could not get the pages it asked for: the tmpfs (or disk, or the cgroup it is charged to) is full. Nothing
 * was reserved by the call that failed, and no page that was reserved before is affected.
 */
public final class SharedMemoryFullException extends PosixException {

    private static final long serialVersionUID = 1L;

    private final long wantedBytes;

    SharedMemoryFullException(final int errno, final String call, final String path, final long wantedBytes) {
        super(errno, call, path, "wantedBytes=" + wantedBytes + "; " + remedy(errno));
        this.wantedBytes = wantedBytes;
    }

    /** Bytes that the failed call asked for. */
    public long wantedBytes() {
        return wantedBytes;
    }

    private static String remedy(final int errno) {
        return errno == Errno.ENOMEM
                ? "raise the memory limit of this cgroup, or make the store smaller"
                : "free space on that file system (df), mount it larger (e.g. mount -o remount,size=..., docker run"
                        + " --shm-size), or make the store smaller";
    }
}
