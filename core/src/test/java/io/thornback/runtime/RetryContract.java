/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.runtime;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.thornback.ActorRef;
import io.thornback.ObjectRef;
import io.thornback.RuntimeContext;
import io.thornback.TaskException;
import io.thornback.Thornback;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Tasks that are run again when they throw, and what a task can learn about itself. */
abstract class RetryContract extends ReturnsContract {
    /** What a task has seen of its context. */
    record Seen(
            String job,
            String node,
            String task,
            String actor,
            String parent,
            String name,
            int attempt,
            Map<String, Double> resources,
            int worker,
            long pid,
            boolean driver) {
        static Seen now() {
            final RuntimeContext context = RuntimeContext.current();
            return new Seen(
                    context.job().toString(),
                    context.nodeId(),
                    text(context.task()),
                    text(context.actor()),
                    text(context.parentTask()),
                    context.taskName(),
                    context.attempt(),
                    context.assignedResources(),
                    context.worker().orElse(-1),
                    context.pid(),
                    context.isDriver());
        }

        private static String text(final Optional<?> id) {
            return id.map(Object::toString).orElse("");
        }
    }

    static Seen look() {
        return Seen.now();
    }

    static List<Seen> lookBelow() {
        return List.of(
                Seen.now(),
                Thornback.current().task(RetryContract::look).cpus(0).submit().get(LONG));
    }

    static final class Looker {
        private final Seen created = Seen.now();

        Seen created() {
            return created;
        }

        Seen look() {
            return Seen.now();
        }
    }

    /** Gives its attempt when that is the one. */
    static int flaky(final int good) throws IOException {
        final int attempt = RuntimeContext.current().attempt();
        if (attempt < good) {
            throw new FileNotFoundException("attempt " + attempt);
        }
        return attempt;
    }

    static int wrapped(final int good) {
        try {
            return flaky(good);
        } catch (final IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static int error(final int good) {
        final int attempt = RuntimeContext.current().attempt();
        if (attempt < good) {
            throw new AssertionError("attempt " + attempt);
        }
        return attempt;
    }

    @Test
    void whatATaskThrowsIsRetriedWhereItsClassIsNamed() {
        final Thornback tb = connection();
        assertEquals(
                3,
                tb.task(RetryContract::flaky, 3)
                        .retryOn(FileNotFoundException.class)
                        .submit()
                        .get(LONG));
        assertEquals(
                2,
                tb.task(RetryContract::flaky, 2)
                        .retryOn(IllegalStateException.class)
                        .retryOn(IOException.class)
                        .submit()
                        .get(LONG),
                "a class that extends one that is named");
        assertEquals(
                2, tb.task(RetryContract::flaky, 2).retryOnException().submit().get(LONG));
    }

    @Test
    void whatIsNotNamedIsNotRetried() {
        final Thornback tb = connection();
        final List<ObjectRef<Integer>> refs = List.of(
                tb.task(RetryContract::flaky, 2).submit(),
                tb.task(RetryContract::flaky, 2)
                        .retryOn(IllegalStateException.class)
                        .submit(),
                tb.task(RetryContract::wrapped, 2).retryOn(IOException.class).submit(),
                tb.task(RetryContract::error, 2).retryOnException().submit());
        for (final ObjectRef<Integer> ref : refs) {
            final TaskException e = assertThrows(TaskException.class, () -> ref.get(LONG));
            assertTrue(e.getMessage().contains("(attempt 1)"), e.getMessage());
        }
    }

    @Test
    void theLastAttemptTellsWhatItThrew() {
        final ObjectRef<Integer> ref = connection()
                .task(RetryContract::flaky, 9)
                .retryOn(IOException.class)
                .retries(2)
                .submit();
        final TaskException e = assertThrows(TaskException.class, () -> ref.get(LONG));
        assertTrue(e.getMessage().contains("(attempt 3)"), e.getMessage());
        assertInstanceOf(FileNotFoundException.class, e.getCause());
        assertEquals("attempt 3", e.getCause().getMessage());
    }

    @Test
    void aTaskLearnsAboutItself() {
        final Thornback tb = connection();
        final ObjectRef<List<Seen>> ref = tb.task(RetryContract::lookBelow)
                .cpus(0.5)
                .memory(10 << 20)
                .name("upper")
                .submit();
        final Seen upper = ref.get(LONG).get(0);
        final Seen lower = ref.get(LONG).get(1);
        assertEquals(tb.job().toString(), upper.job());
        assertEquals(tb.nodeId(), upper.node());
        assertTrue(ref.id().toString().startsWith(upper.task()), upper.task());
        assertEquals("upper", upper.name());
        assertEquals("", upper.parent());
        assertEquals("", upper.actor());
        assertEquals(1, upper.attempt());
        assertEquals(Map.of("cpu", 0.5, "memory", 10.0 * (1 << 20)), upper.resources());
        assertTrue(upper.worker() > 0);
        assertTrue(upper.pid() > 0);
        assertFalse(upper.driver());
        assertEquals(upper.task(), lower.parent());
        assertEquals(Map.of(), lower.resources());
        assertEquals("RetryContract.look", lower.name());
    }

    @Test
    void anActorLearnsAboutItself() {
        final ActorRef<Looker> looker =
                connection().actor(Looker::new).cpus(0.25).create();
        final Seen created = looker.call(Looker::created).get(LONG);
        final Seen called = looker.call(Looker::look).get(LONG);
        assertEquals(looker.id().toString(), created.actor());
        assertEquals(looker.id().toString(), called.actor());
        assertNotEquals(created.task(), called.task());
        assertEquals(Map.of("cpu", 0.25), created.resources());
        assertEquals(Map.of("cpu", 0.25), called.resources());
        assertEquals("RetryContract$Looker.look", called.name());
        looker.kill();
    }

    @Test
    void aDriverLearnsThatItIsOne() {
        final RuntimeContext context = connection().runtimeContext();
        assertTrue(context.isDriver());
        assertEquals(connection().job(), context.job());
        assertEquals(Optional.empty(), context.task());
        assertEquals(Optional.empty(), context.actor());
        assertEquals(0, context.attempt());
        assertEquals(Map.of(), context.assignedResources());
        assertTrue(context.worker().isEmpty());
        assertEquals(ProcessHandle.current().pid(), context.pid());
    }
}
