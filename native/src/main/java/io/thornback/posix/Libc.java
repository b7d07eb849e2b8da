/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.posix;

import com.kenai.jffi.CallContext;
import com.kenai.jffi.CallingConvention;
import com.kenai.jffi.Invoker;
import com.kenai.jffi.LastError;
import com.kenai.jffi.Library;
import com.kenai.jffi.MemoryIO;
import com.kenai.jffi.Type;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * The C library through raw jffi: symbols, calls with up to six 64-bit arguments, and the calling thread's errno.
 *
 * <p>Every argument and result travels as a 64-bit integer, which on x86-64 and aarch64 is how the C ABI passes an
 * {@code int}, a {@code long}, a pointer, and the variable arguments of {@code open}, {@code fcntl}, {@code prctl} and
 * {@code syscall}. The upper half of a C {@code int} result is undefined: hence {@link #intResult}.
 *
 * <p>A call neither allocates nor locks. The thread is "in native" while it lasts, so a call that blocks holds up no
 * safepoint. errno is read straight after the call by jffi and kept per thread until that thread's next call.
 */
final class Libc {

    static final int O_RDONLY = 0;
    static final int O_WRONLY = 1;
    static final int O_RDWR = 2;
    static final int O_CREAT = 0x40;
    static final int O_EXCL = 0x80;
    static final int O_APPEND = 0x400;
    static final int O_NONBLOCK = 0x800;
    static final int O_CLOEXEC = 0x80000;

    private static final Library LIBRARY = Library.getDefault();
    private static final Invoker INVOKER = Invoker.getInstance();
    private static final LastError LAST_ERROR = LastError.getInstance();
    private static final MemoryIO MEMORY = MemoryIO.getInstance();
    private static final CallContext[] CONTEXTS = contexts();

    private static final long CLOSE = symbol("close");
    private static final long FCNTL = symbol("fcntl");
    private static final long OPEN = symbol("open");

    private Libc() {}

    /**
     * @param name of a function of libc
     * @return its address
     * @throws PosixException with ENOSYS if this C library does not have it
     */
    static long symbol(final String name) {
        final long address = symbolOrZero(name);
        if (address == 0) {
            throw new PosixException(Errno.ENOSYS, name, null, "this C library has no such function");
        }
        return address;
    }

    static long symbolOrZero(final String name) {
        return LIBRARY.getSymbolAddress(name);
    }

    static long call(final long function) {
        return INVOKER.invokeL0(CONTEXTS[0], function);
    }

    static long call(final long function, final long a) {
        return INVOKER.invokeL1(CONTEXTS[1], function, a);
    }

    static long call(final long function, final long a, final long b) {
        return INVOKER.invokeL2(CONTEXTS[2], function, a, b);
    }

    static long call(final long function, final long a, final long b, final long c) {
        return INVOKER.invokeL3(CONTEXTS[3], function, a, b, c);
    }

    static long call(final long function, final long a, final long b, final long c, final long d) {
        return INVOKER.invokeL4(CONTEXTS[4], function, a, b, c, d);
    }

    static long call(final long function, final long a, final long b, final long c, final long d, final long e) {
        return INVOKER.invokeL5(CONTEXTS[5], function, a, b, c, d, e);
    }

    static long call(
            final long function, final long a, final long b, final long c, final long d, final long e, final long f) {
        return INVOKER.invokeL6(CONTEXTS[6], function, a, b, c, d, e, f);
    }

    static int intResult(final long result) {
        return (int) result;
    }

    /** The errno of this thread's latest call here; meaningful only if that call failed. */
    static int errno() {
        return LAST_ERROR.get();
    }

    static MemoryIO memory() {
        return MEMORY;
    }

    /**
     * @return address of a zero-terminated copy of the text in the file system's encoding (UTF-8), to be freed
     * @throws IllegalArgumentException if the text holds a NUL, which would cut it short for the kernel
     */
    static long newCString(final String text) {
        if (text.indexOf('\0') >= 0) {
            throw new IllegalArgumentException("NUL in \"" + text.replace('\0', '?') + '"');
        }
        final byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        final long address = allocate(bytes.length + 1);
        MEMORY.putZeroTerminatedByteArray(address, bytes, 0, bytes.length);
        return address;
    }

    /** Zeroed native memory; free it with {@link #free}. */
    static long allocate(final long sizeBytes) {
        final long address = MEMORY.allocateMemory(sizeBytes, true);
        if (address == 0) {
            throw new OutOfMemoryError("malloc of " + sizeBytes + " bytes");
        }
        return address;
    }

    static void free(final long address) {
        MEMORY.freeMemory(address);
    }

    /** {@code open(2)}, close-on-exec always; a negative result is {@code -errno}. */
    static int open(final String path, final int flags, final int mode) {
        final long name = newCString(path);
        try {
            int fd;
            do {
                fd = intResult(call(OPEN, name, flags | O_CLOEXEC, mode));
            } while (fd < 0 && errno() == Errno.EINTR);
            return fd >= 0 ? fd : -errno();
        } finally {
            free(name);
        }
    }

    /** {@code close(2)}, never repeated: on Linux the descriptor is gone even after EINTR. */
    static void close(final int fd) {
        call(CLOSE, fd);
    }

    static int fcntl(final int fd, final int command, final long argument) {
        return intResult(call(FCNTL, fd, command, argument));
    }

    private static CallContext[] contexts() {
        final CallContext[] contexts = new CallContext[7];
        for (int n = 0; n < contexts.length; n++) {
            final Type[] parameters = new Type[n];
            Arrays.fill(parameters, Type.SINT64);
            contexts[n] = new CallContext(Type.SINT64, parameters, CallingConvention.DEFAULT, true);
        }
        return contexts;
    }
}
