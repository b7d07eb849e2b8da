/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.runtime;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.thornback.ThornbackException.Code;
import io.thornback.ids.JobId;
import io.thornback.ids.TaskId;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

class UnseenFailuresTest {
    private static final Failure FAILED = new Failure(Code.TASK_FAILED, "task 1 failed: as asked", null);

    private final Logger logger = (Logger) LoggerFactory.getLogger(UnseenFailures.class);
    private final ListAppender<ILoggingEvent> log = new ListAppender<>();
    private final UnseenFailures unseen = new UnseenFailures();

    @BeforeEach
    void listen() {
        log.start();
        logger.addAppender(log);
    }

    @AfterEach
    void leave() {
        logger.detachAppender(log);
    }

    private ObjectEntry entry() {
        final var id = TaskId.create(new JobId(1)).object(TaskId.RESULT_INDEX);
        return new ObjectEntry(id, new ObjectEntry.ObjectLife(id, unseen));
    }

    @Test
    void aFailureThatNobodyAskedForIsLoggedOnce() {
        final ObjectEntry entry = entry();
        entry.fail(FAILED);
        unseen.unreachable(entry.life());
        unseen.unreachable(entry.life());
        unseen.close();
        assertEquals(1, log.list.size(), log.list::toString);
        assertEquals(
                "task 1 failed: as asked; nobody asked for its result",
                log.list.get(0).getFormattedMessage());
    }

    @Test
    void aFailureThatSomebodySawIsNot() {
        final ObjectEntry entry = entry();
        entry.fail(FAILED);
        assertEquals(FAILED, entry.failure());
        unseen.unreachable(entry.life());
        final ObjectEntry stopped = entry();
        stopped.fail(new Failure(Code.NODE_STOPPED, "the node has stopped", null));
        unseen.unreachable(stopped.life());
        unseen.close();
        assertEquals(0, log.list.size(), log.list::toString);
    }

    @Test
    void whatIsLeftAtTheEndIsLoggedToo() {
        for (int i = 0; i < 25; i++) {
            entry().fail(FAILED);
        }
        assertEquals(25, unseen.size());
        unseen.close();
        assertEquals(11, log.list.size());
        assertTrue(log.list.get(10).getFormattedMessage().startsWith("15 more tasks"));
        assertEquals(0, unseen.size());
    }

    @Test
    void aTaskThatHadNoMemoryIsLoggedAndOneThatWasRunAgainIsTheRerunsToTell() {
        final ObjectEntry entry = entry();
        entry.fail(new Failure(Code.OUT_OF_MEMORY, "task 2 was killed", null));
        assertTrue(entry.life().mayAppear, "it may have stored its result before");
        unseen.unreachable(entry.life());
        assertEquals(1, log.list.size(), log.list::toString);
        final ObjectEntry remade = new ObjectEntry(entry.id, new ObjectEntry.ObjectLife(entry.id, null));
        remade.fail(FAILED);
        assertEquals(FAILED, remade.failure());
        assertEquals(0, unseen.size());
    }
}
