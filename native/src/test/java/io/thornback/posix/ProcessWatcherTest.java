/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.posix;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(120)
class ProcessWatcherTest {

    private final BlockingQueue<ProcessIdentity> ended = new LinkedBlockingQueue<>();
    private final Spawner spawner = new Spawner();
    private final ProcessWatcher watcher = new ProcessWatcher("watcher-test");
    private Path folder;

    @BeforeEach
    void makeFolder() throws IOException {
        folder = ShmFolder.make();
    }

    @AfterEach
    void close() throws IOException {
        watcher.close();
        spawner.close();
        ShmFolder.delete(folder);
    }

    @Test
    void tellsOfAChildThatCanBeReapedThen() throws InterruptedException {
        final ChildProcess child = child();
        watcher.watch(child.identity(), ended::add);
        child.signal(Signals.STOP);
        child.signal(Signals.CONT);
        assertNull(ended.poll());
        child.signal(Signals.TERM);
        assertEquals(child.identity(), next());
        assertEquals("signal 15 (SIGTERM)", child.reap().describe());
        assertNull(ended.poll());
    }

    @Test
    void tellsOfAProcessThatIsNotAChild() throws Exception {
        final ChildProcess shell = spawner.spawn(SpawnRequest.of(
                        Path.of("/bin/sh"),
                        List.of("-c", "/bin/sleep 600 & echo $! >&3; wait"),
                        Map.of(),
                        folder.resolve("log"))
                .withStatusPipe());
        final ProcessIdentity grandchild =
                ProcessIdentity.of(Long.parseLong(ChildMains.firstLine(shell))).orElseThrow();
        watcher.watch(grandchild, ended::add);
        assertTrue(ProcessControl.signal(grandchild, Signals.KILL));
        assertEquals(grandchild, next());
        watcher.watch(shell.identity(), ended::add);
        assertEquals(shell.identity(), next());
        shell.reap();
        shell.close();
    }

    @Test
    void tellsAtOnceOfAProcessThatIsNoMoreOrWhosePidIsAnothers() throws InterruptedException {
        final ProcessIdentity self = ProcessIdentity.current();
        final ProcessIdentity former = new ProcessIdentity(self.pid(), self.startTicks() - 1);
        watcher.watch(former, ended::add);
        assertEquals(former, next());
        final ProcessIdentity nobody = new ProcessIdentity(Integer.MAX_VALUE, 1);
        watcher.watch(nobody, ended::add);
        assertEquals(nobody, next());
        final ChildProcess zombie = child();
        zombie.signal(Signals.KILL);
        watcher.watch(zombie.identity(), ended::add);
        assertEquals(zombie.identity(), next());
        zombie.reap();
    }

    @Test
    void watchesAreIndependentAndUnwatchForgetsThemAll() throws InterruptedException {
        final ChildProcess forgotten = child();
        final ChildProcess watched = child();
        watcher.watch(forgotten.identity(), ended::add);
        watcher.watch(forgotten.identity(), ended::add);
        watcher.watch(watched.identity(), ended::add);
        watcher.watch(watched.identity(), ended::add);
        watcher.unwatch(forgotten.identity());
        forgotten.signal(Signals.KILL);
        watched.signal(Signals.KILL);
        assertEquals(watched.identity(), next());
        assertEquals(watched.identity(), next());
        assertTrue(forgotten.awaitExit(java.time.Duration.ofSeconds(60)));
        assertNull(ended.poll(50, TimeUnit.MILLISECONDS));
        forgotten.reap();
        watched.reap();
    }

    @Test
    void aCallbackThatThrowsDisturbsNobodyElse() throws InterruptedException {
        final ProcessIdentity nobody = new ProcessIdentity(Integer.MAX_VALUE, 1);
        watcher.watch(nobody, identity -> {
            throw new IllegalStateException("thrown by a test, on purpose");
        });
        watcher.watch(nobody, identity -> watcher.watch(identity, ended::add));
        assertEquals(nobody, next());
    }

    @Test
    void manyAreWatchedAtOnceAndNoDescriptorIsLeft() throws Exception {
        final long before = ShmFolder.openDescriptors("anon_inode:[pidfd]");
        final ChildProcess[] children = new ChildProcess[40];
        for (int i = 0; i < children.length; i++) {
            children[i] = child();
            watcher.watch(children[i].identity(), ended::add);
        }
        for (final ChildProcess child : children) {
            child.signal(Signals.KILL);
        }
        for (int i = 0; i < children.length; i++) {
            next();
        }
        for (final ChildProcess child : children) {
            child.reap();
        }
        assertEquals(before, ShmFolder.openDescriptors("anon_inode:[pidfd]"));
    }

    @Test
    void aClosedWatcherIsRefusedAndMayBeClosedByItsOwnCallback() throws InterruptedException {
        final ProcessIdentity nobody = new ProcessIdentity(Integer.MAX_VALUE, 1);
        watcher.watch(nobody, identity -> {
            watcher.close();
            ended.add(identity);
        });
        next();
        watcher.close();
        assertThrows(IllegalStateException.class, () -> watcher.watch(nobody, ended::add));
        assertFalse(ended.contains(nobody));
    }

    private ProcessIdentity next() throws InterruptedException {
        final ProcessIdentity identity = ended.poll(60, TimeUnit.SECONDS);
        assertTrue(identity != null, "no callback");
        return identity;
    }

    /** Its pipe goes with {@link ChildProcess#reap}. */
    private ChildProcess child() {
        return spawner.spawn(SpawnRequest.of(Path.of("/bin/sleep"), List.of("600"), Map.of(), folder.resolve("log")));
    }
}
