/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
/**
 * What Thornback asks of Linux. All native calls of the product are in this package; nothing else imports JNR.
 *
 * <h2>What is there</h2>
 *
 * <table>
 * <caption>Types, and the calls behind them (section 2 or 3 of the manual)</caption>
 * <tr><th>type</th><th>for</th><th>calls</th></tr>
 * <tr><td>{@link ProcessIdentity}</td><td>which process, beyond its pid</td><td>/proc/pid/stat</td></tr>
 * <tr><td>{@link Futex}</td><td>sleeping until another process says so</td><td>futex</td></tr>
 * <tr><td>{@link MappedFile}</td><td>shared memory of any size, reserved before use</td>
 *     <td>open, ftruncate, fallocate, mmap, munmap</td></tr>
 * <tr><td>{@link OwnerLock}</td><td>one owner at a time, freed by its death</td><td>fcntl (F_OFD_SETLK)</td></tr>
 * <tr><td>{@link ProcessWatcher}</td><td>the end of any process</td><td>pidfd_open, epoll_wait, eventfd</td></tr>
 * <tr><td>{@link Spawner}, {@link ChildProcess}</td><td>children with control and status pipes, their ends</td>
 *     <td>posix_spawn, pipe2, waitpid, kill</td></tr>
 * <tr><td>{@link ControlGroup}</td><td>all that a process has started, whatever that does</td><td>cgroup v2, by its files</td></tr>
 * <tr><td>{@link ProcessControl}</td><td>signals, parent death, subreaper, sessions</td>
 *     <td>pidfd_send_signal, kill, prctl, getppid</td></tr>
 * <tr><td>{@link SignalHandlers}</td><td>what a signal sets off</td><td>the JVM's own handler</td></tr>
 * <tr><td>{@link SystemClock}</td><td>whether the clock is kept right</td><td>adjtimex</td></tr>
 * <tr><td>{@link SdNotify}</td><td>readiness under systemd</td><td>socket, sendto</td></tr>
 * </table>
 *
 * <p>Linux 5.4 or later (pidfd_open with poll) on x86-64 or aarch64, with {@code /proc} mounted and all processes of a node
 * in one pid namespace. glibc 2.26 or later; with 2.34 a child's descriptors are closed by closefrom, before that one by
 * one; a working directory for a child needs 2.29.
 *
 * <h2>Two ways to call, and why</h2>
 *
 * <p><b>Raw jffi</b> ({@code Libc}) for everything but two functions: a call is a few machine words and no generated class.
 * <b>JNR-POSIX</b> ({@code JnrPosix}) for {@code waitpid} and {@code kill}, that is for what a supervisor or raylet does
 * with children that have been started. Its first use generates classes for 0.2 s and adds 20 to 26 MB to the process, so
 * no start waits for it: a spawner loads it when it has spawned and then had nothing to do for two seconds; a signal or
 * reap before that loads it on the spot. {@code posix_spawn} was measured both ways: first child after 6 ms
 * raw, after 225 to 260 ms through JNR-POSIX, whose attributes moreover refuse signal masks and signal defaults, and
 * which knows neither closefrom nor chdir.
 *
 * <p><b>{@code -Djffi.boot.library.path=}<i>folder</i></b> with {@code libjffi-1.2.so} in that folder lets jffi load its library from
 * there. Without it, each start writes a copy of 137 kB to {@code java.io.tmpdir} and deletes it as soon as it is loaded
 * (so no file stays, but the folder must be writable and allow execution): 40 to 60 ms instead of 20 to 35 ms for the first native call of
 * a JVM, more on a busy disk. The launcher sets it to the distribution's {@code lib/native}.
 *
 * <h2>Threads</h2>
 *
 * <p>Every call may be made by any thread; who closes a {@link MappedFile} must know that no thread uses its memory. Two
 * kinds of thread have a meaning to the kernel:
 *
 * <ul>
 *   <li>The parent-death signal fires when the <em>thread</em> that spawned ends. So a {@link Spawner} has one thread, which
 *       lives until close; never spawn from a pool.
 *   <li>The child's request for that signal belongs to the <em>thread</em> that made it. So {@link
 *       ProcessControl#dieWithParent()} keeps a thread for it, and does not care when main returns.
 * </ul>
 *
 * <p>A thread that blocks here (futex, poll, read of a status pipe) is in native code: it delays no safepoint, and it does
 * not notice {@code Thread.interrupt}. Each such wait has a time-out, or an end that another thread can bring about.
 *
 * <h2>Who may be trusted to be dead</h2>
 *
 * <p>A pid alone says nothing: numbers are reused. An identity adds the start time; a pidfd is bound to one process for
 * good, once the start time read <em>after</em> it was opened is the expected one; and a child's pid stays its own until
 * its parent has reaped it. Every signal here goes one of the last two ways. Dead means that no thread of the process
 * can touch memory any more: a zombie first thread with living companions counts as alive, and a pidfd becomes readable
 * only when all have gone. An error on the way to the answer (out of descriptors, say) is an exception, never "dead".
 *
 * <h2>Costs</h2>
 *
 * <p>Two virtual cores of a Xeon, Linux 6.18, JDK 17 (25 in brackets where it differs), busy machine: first native call of a JVM see above;
 * Futex.wake without a waiter 0.17 µs, await that returns at once 0.3 µs, both 0 B; isAlive 4 (8) µs; sessionMembers 7 µs
 * a process of the host; spawn 0.3 ms median, first one 6 (12) ms; from kill to the watcher's callback 0.08 ms median; create, close
 * and delete of a reserved file of 256 KiB 45 µs; reserve 0.1 s a GiB, the same again for pages that are there already.
 */
package io.thornback.posix;
