/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.runtime;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.thornback.ActorDiedException;
import io.thornback.ActorRef;
import io.thornback.ObjectRef;
import io.thornback.Thornback;
import io.thornback.posix.ProcessControl;
import io.thornback.posix.ProcessIdentity;
import io.thornback.posix.Signals;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The lives of actors, and what only processes can show of them, on a node of real processes. */
class ProcessActorLifeTest extends ActorLifeContract {
    private static NodeUnderTest node;
    private static Thornback driver;

    @BeforeAll
    static void start() {
        node = NodeUnderTest.start();
        driver = node.connect();
    }

    @AfterAll
    static void stop() {
        driver.close();
        node.close();
    }

    @Override
    Thornback connection() {
        return driver;
    }

    @Override
    boolean isRetriedThoughInterrupted() {
        return true;
    }

    static final class Mortal {
        private int calls;

        long pid() {
            return ProcessHandle.current().pid();
        }

        int count() {
            calls++;
            return calls;
        }

        int dieUnlessCalledBefore(final String file) throws java.io.IOException {
            append(file, "called");
            if (lines(file).size() < 3) {
                killSelf();
            }
            return lines(file).size();
        }

        static void killSelf() {
            ProcessControl.signal(ProcessIdentity.current(), Signals.KILL);
        }

        static int callFrom(final ActorRef<Mortal> actor, final String file) {
            return actor.call(Mortal::dieUnlessCalledBefore, file).get(LONG);
        }
    }

    @Test
    void aKilledProcessIsReplacedByAnother() {
        final ActorRef<Mortal> actor =
                driver.actor(Mortal::new).maxRestarts(1).name("mortal").create();
        final long first = actor.call(Mortal::pid).get(LONG);
        final List<ObjectRef<Integer>> before = new ArrayList<>();
        for (int i = 0; i < 50; i++) {
            before.add(actor.call(Mortal::count));
        }
        assertEquals(50, before.get(49).get(LONG));
        assertTrue(ProcessControl.signal(ProcessIdentity.of(first).orElseThrow(), Signals.KILL));
        long second = first;
        for (int i = 0; i < 1_000 && second == first; i++) {
            try {
                second = actor.call(Mortal::pid).get(LONG);
            } catch (final ActorDiedException e) {
                assertTrue(e.getMessage().contains("SIGKILL"), e.getMessage());
            }
        }
        assertNotEquals(first, second);
        assertEquals(1, actor.call(Mortal::count).get(LONG));
        assertEquals(actor, driver.getActor("mortal", Mortal.class).orElseThrow());
        assertEquals(
                2,
                driver.getActor("mortal", Mortal.class)
                        .orElseThrow()
                        .call(Mortal::count)
                        .get(LONG));
        actor.kill();
    }

    @Test
    void retriesOfACallAreCounted() throws Exception {
        final String enough = file("enough");
        final ActorRef<Mortal> actor =
                driver.actor(Mortal::new).maxRestarts(-1).maxTaskRetries(2).create();
        assertEquals(3, actor.call(Mortal::dieUnlessCalledBefore, enough).get(LONG));
        actor.kill();
        final String tooFew = file("too-few");
        final ActorRef<Mortal> other =
                driver.actor(Mortal::new).maxRestarts(-1).maxTaskRetries(1).create();
        final ActorDiedException e =
                assertThrows(ActorDiedException.class, () -> other.call(Mortal::dieUnlessCalledBefore, tooFew)
                        .get(LONG));
        assertTrue(e.getMessage().contains("attempt 2"), e.getMessage());
        assertEquals(2, lines(tooFew).size());
        assertEquals(1, other.call(Mortal::count).get(LONG));
        other.kill();
    }

    @Test
    void otherCallersSeeRestartsToo() {
        final String file = file("elsewhere");
        final ActorRef<Mortal> actor =
                driver.actor(Mortal::new).maxRestarts(-1).maxTaskRetries(-1).create();
        assertEquals(3, driver.task(Mortal::callFrom, actor, file).submit().get(LONG));
        actor.kill();
    }
}
