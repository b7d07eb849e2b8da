/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.posix;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * One call of {@code posix_spawn(3)} with its attributes and file actions, in native memory that is freed by
 * {@link #close}. Raw jffi: the attributes of jnr-posix refuse a signal mask and signal defaults ("not yet supported"), it knows
 * neither closefrom nor chdir, and its start costs a supervisor 0.2 s before the first child.
 */
final class PosixSpawn implements AutoCloseable {

    private static final int SETSIGDEF = 0x04;
    private static final int SETSIGMASK = 0x08;
    private static final int SETSID = 0x80;

    /** glibc and musl need 336 (attributes), 80 (actions) and 128 (signal set). */
    private static final int STRUCT_LENGTH = 1024;

    /** Room for descriptors that other threads open between the look at /proc/self/fd and the spawn. */
    private static final int DESCRIPTOR_MARGIN = 64;

    private static final long SPAWN = Libc.symbol("posix_spawn");
    private static final long ATTR_INIT = Libc.symbol("posix_spawnattr_init");
    private static final long ATTR_DESTROY = Libc.symbol("posix_spawnattr_destroy");
    private static final long ATTR_FLAGS = Libc.symbol("posix_spawnattr_setflags");
    private static final long ATTR_SIGDEFAULT = Libc.symbol("posix_spawnattr_setsigdefault");
    private static final long ATTR_SIGMASK = Libc.symbol("posix_spawnattr_setsigmask");
    private static final long SIGFILLSET = Libc.symbol("sigfillset");
    private static final long ACTIONS_INIT = Libc.symbol("posix_spawn_file_actions_init");
    private static final long ACTIONS_DESTROY = Libc.symbol("posix_spawn_file_actions_destroy");
    private static final long ADD_DUP2 = Libc.symbol("posix_spawn_file_actions_adddup2");
    private static final long ADD_CLOSE = Libc.symbol("posix_spawn_file_actions_addclose");

    /** Zero before glibc 2.34 and in musl. */
    private static final long ADD_CLOSEFROM = Libc.symbolOrZero("posix_spawn_file_actions_addclosefrom_np");

    /** Zero before glibc 2.29 and musl 1.1.24. */
    private static final long ADD_CHDIR = Libc.symbolOrZero("posix_spawn_file_actions_addchdir_np");

    private final String executable;
    private final long attributes = Libc.allocate(STRUCT_LENGTH);
    private final long actions = Libc.allocate(STRUCT_LENGTH);
    private final List<Long> owned = new ArrayList<>();

    /** A child in a session of its own, with no signal blocked and none ignored. */
    PosixSpawn(final Path executable) {
        this.executable = executable.toString();
        check(Libc.call(ATTR_INIT, attributes), "posix_spawnattr_init");
        check(Libc.call(ACTIONS_INIT, actions), "posix_spawn_file_actions_init");
        final long signals = own(Libc.allocate(STRUCT_LENGTH));
        check(Libc.call(ATTR_SIGMASK, attributes, signals), "posix_spawnattr_setsigmask");
        Libc.call(SIGFILLSET, signals);
        check(Libc.call(ATTR_SIGDEFAULT, attributes, signals), "posix_spawnattr_setsigdefault");
        check(Libc.call(ATTR_FLAGS, attributes, SETSID | SETSIGDEF | SETSIGMASK), "posix_spawnattr_setflags");
    }

    /** In the child, {@code target} becomes a duplicate of our {@code fd}, and stays open over the exec. */
    PosixSpawn duplicate(final int fd, final int target) {
        check(Libc.call(ADD_DUP2, actions, fd, target), "posix_spawn_file_actions_adddup2");
        return this;
    }

    PosixSpawn workingDirectory(final Path folder) {
        if (ADD_CHDIR == 0) {
            throw new PosixException(
                    Errno.ENOSYS,
                    "posix_spawn_file_actions_addchdir_np",
                    folder.toString(),
                    "needs glibc 2.29 or later");
        }
        if (!Files.isDirectory(folder)) {
            throw new PosixException(Errno.ENOENT, "chdir", folder.toString(), "the working directory must exist");
        }
        check(Libc.call(ADD_CHDIR, actions, own(Libc.newCString(folder.toString()))), "addchdir_np");
        return this;
    }

    /**
     * In the child nothing is open from {@code first} up. Our own descriptors are close-on-exec, but the JDK opens files and
     * sockets without that flag, and user code what it likes.
     */
    PosixSpawn closeFrom(final int first) {
        return ADD_CLOSEFROM == 0 ? closeEachFrom(first) : closeFromAtOnce(first);
    }

    private PosixSpawn closeFromAtOnce(final int first) {
        check(Libc.call(ADD_CLOSEFROM, actions, first), "posix_spawn_file_actions_addclosefrom_np");
        return this;
    }

    /** For an older C library: every number in use now, and some more. Closing what is not open is no error. */
    PosixSpawn closeEachFrom(final int first) {
        int last = first;
        try (DirectoryStream<Path> descriptors = Files.newDirectoryStream(Path.of("/proc/self/fd"))) {
            for (final Path descriptor : descriptors) {
                last = Math.max(last, Integer.parseInt(descriptor.getFileName().toString()));
            }
        } catch (final IOException e) {
            throw new IllegalStateException("cannot list /proc/self/fd", e);
        }
        for (int fd = first; fd <= last + DESCRIPTOR_MARGIN; fd++) {
            // EBADF: the number is past this process's limit, so nothing can be open there.
            if (Libc.intResult(Libc.call(ADD_CLOSE, actions, fd)) == Errno.EBADF) {
                break;
            }
        }
        return this;
    }

    /**
     * @return pid of the child, which is past its {@code exec} already
     * @throws PosixException with the reason of the exec: ENOENT, EACCES, ENOEXEC...
     */
    long spawn(final List<String> arguments, final List<String> environment) {
        final long pid = own(Libc.allocate(Long.BYTES));
        final long path = own(Libc.newCString(executable));
        final List<String> argv = new ArrayList<>();
        argv.add(executable);
        argv.addAll(arguments);
        final long result = Libc.call(SPAWN, pid, path, actions, attributes, pointers(argv), pointers(environment));
        check(result, "posix_spawn");
        return Libc.memory().getInt(pid);
    }

    @Override
    public void close() {
        Libc.call(ATTR_DESTROY, attributes);
        Libc.call(ACTIONS_DESTROY, actions);
        Libc.free(attributes);
        Libc.free(actions);
        owned.forEach(Libc::free);
        owned.clear();
    }

    private long pointers(final List<String> texts) {
        final long array = own(Libc.allocate((texts.size() + 1L) * Long.BYTES));
        for (int i = 0; i < texts.size(); i++) {
            Libc.memory().putAddress(array + (long) i * Long.BYTES, own(Libc.newCString(texts.get(i))));
        }
        return array;
    }

    private long own(final long address) {
        owned.add(address);
        return address;
    }

    /** This family returns its error, and leaves errno alone. */
    private void check(final long result, final String call) {
        final int errno = Libc.intResult(result);
        if (errno != 0) {
            throw new PosixException(errno, call, executable, null);
        }
    }
}
