/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.runtime;

import io.thornback.ThornbackException.Code;
import io.thornback.objectstore.ObjectId;
import io.thornback.objectstore.ObjectStoreClient;
import io.thornback.posix.ProcessIdentity;
import io.thornback.transport.wire.AskObjectDecoder;
import io.thornback.transport.wire.AskObjectEncoder;
import io.thornback.transport.wire.ObjectAnswerDecoder;
import io.thornback.transport.wire.ObjectAnswerEncoder;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * What this process has to do with the owners of objects that it borrows: it asks them for what is lost or does not come, and learns from the kernel when one dies. Thread-safe;
 * {@link #onAnswer} is the agent's.
 *
 * <p>When an owner dies, what it had promised and not sealed is decided: the store is asked, and answers when it has read what the dead had committed; what it does not know then
 * will not come.
 */
final class Owners {
    private static final int MOST_MESSAGE_CHARS = 4_000;
    /** One thread for all: it posts questions, and never waits. */
    private static final ScheduledThreadPoolExecutor INQUIRIES = inquiries();

    private final InboxAgent agent;
    private final Owner self;
    private final ObjectStoreClient store;
    private final Executor background;
    private final AtomicLong nextCorrelationId = new AtomicLong(1);
    private final Map<Long, Question> questions = new ConcurrentHashMap<>();
    private final Map<ProcessIdentity, Set<ObjectEntry>> awaited = new ConcurrentHashMap<>();
    private volatile Failure stopped;

    /** A question to an owner. */
    private record Question(Owner owner, ObjectId id, String why, CompletableFuture<Failure> answer) {}

    Owners(final InboxAgent agent, final Owner self, final ObjectStoreClient store, final Executor background) {
        this.agent = agent;
        this.self = self;
        this.store = store;
        this.background = background;
    }

    private static ScheduledThreadPoolExecutor inquiries() {
        final ScheduledThreadPoolExecutor one = new ScheduledThreadPoolExecutor(1, task -> {
            final Thread thread = new Thread(task, "thornback-inquiries");
            thread.setDaemon(true);
            return thread;
        });
        one.setRemoveOnCancelPolicy(true);
        return one;
    }

    /** The entry waits for an object of this owner: it fails if the owner dies first, or says that it will not come. */
    void await(final ObjectEntry entry, final Owner owner) {
        Set<ObjectEntry> entries;
        do {
            entries = watch(owner.process());
            entries.add(entry);
        } while (awaited.get(owner.process()) != entries); // it died meanwhile: is told again
        final Future<?> inquiries = INQUIRIES.scheduleWithFixedDelay(
                () -> inquire(entry),
                Limits.FIRST_INQUIRY.toMillis(),
                Limits.WAIT_REPORT_INTERVAL.toMillis(),
                TimeUnit.MILLISECONDS);
        entry.onDone(() -> {
            inquiries.cancel(false);
            final Set<ObjectEntry> left = awaited.get(owner.process());
            if (left != null) {
                left.remove(entry);
            }
        });
        final Failure why = stopped; // after the entry was added: whoever sets it looks for entries afterwards
        if (why != null && !entry.isDone()) {
            entry.fail(why);
        }
    }

    /** Set of a process that is watched; of this process, and of one that is not known, nothing is to be seen. */
    private Set<ObjectEntry> watch(final ProcessIdentity process) {
        final Set<ObjectEntry> known = awaited.get(process);
        if (known != null) {
            return known;
        }
        final Set<ObjectEntry> added = ConcurrentHashMap.newKeySet();
        final Set<ObjectEntry> before = awaited.putIfAbsent(process, added);
        if (before != null) {
            return before;
        }
        if (!process.equals(self.process())) {
            agent.onDeath(process, () -> background.execute(() -> died(process)));
        }
        return added;
    }

    private void died(final ProcessIdentity process) {
        // Removed first: whoever adds an entry from now on watches anew, and is told at once.
        final Set<ObjectEntry> entries = awaited.remove(process);
        for (final ObjectEntry entry : entries == null ? List.<ObjectEntry>of() : new ArrayList<>(entries)) {
            decide(entry, process);
        }
        questions.forEach((id, question) -> {
            if (process.equals(question.owner().process()) && questions.remove(id) != null) {
                question.answer().complete(gone(question));
            }
        });
    }

    private void decide(final ObjectEntry entry, final ProcessIdentity process) {
        if (entry.isDone()) {
            return;
        }
        if (store.contains(entry.id)) {
            entry.completeStored();
        } else {
            entry.fail(new Failure(
                    Code.OWNER_DIED,
                    "object " + entry.id + " was not made before its owner, process " + process.pid()
                            + ", died; submit its task again from a process that lives",
                    null));
        }
    }

    private static Failure gone(final Question question) {
        return new Failure(
                Code.OBJECT_LOST,
                question.why() + "; its owner " + question.owner().inbox()
                        + " is gone, so it cannot be made again: submit its task, or put it, again",
                null);
    }

    /** Whether the object is this process's own. */
    boolean isSelf(final Owner owner) {
        return owner.inbox().equals(self.inbox());
    }

    /**
     * Asks the owner to make a lost object again, or what has become of one that does not come.
     *
     * @param why how it was lost; empty: it has not come yet
     */
    CompletableFuture<Failure> ask(final ObjectId id, final Owner owner, final String why) {
        final Optional<Outbox> to = agent.links().tryTo(owner.inbox());
        // Who is named by the inbox alone is watched too: an owner that is dead already is told of at once.
        final Owner known = to.isEmpty() ? owner : new Owner(to.get().process(), owner.inbox());
        final Question question = new Question(known, id, why, new CompletableFuture<>());
        if (to.isEmpty()) {
            question.answer().complete(why.isEmpty() ? null : gone(question));
            return question.answer();
        }
        final long correlationId = nextCorrelationId.getAndIncrement();
        questions.put(correlationId, question);
        watch(known.process());
        final Failure failure = stopped; // after the put: whoever sets it looks for questions afterwards
        if (failure != null) {
            questions.remove(correlationId);
            question.answer().complete(failure);
            return question.answer();
        }
        final MessageBuffer message = MessageBuffer.local();
        final AskObjectEncoder out = new AskObjectEncoder().wrapAndApplyHeader(message.buffer(), 0, message.header());
        out.correlationId(correlationId)
                .putObjectId(new UnsafeBuffer(id.toByteArray()), 0, ObjectId.LENGTH_BYTES)
                .isLost((short) (why.isEmpty() ? 0 : 1))
                .message(cut(why));
        to.get().post(AskObjectEncoder.TEMPLATE_ID, message, out.encodedLength());
        return question.answer();
    }

    /** The entry has not come for a while: its owner says whether it will. */
    @SuppressWarnings("FutureReturnValueIgnored") // nothing waits for it
    private void inquire(final ObjectEntry entry) {
        final Owner owner = entry.owner(self);
        if (!isSelf(owner)) {
            ask(entry.id, owner, "").thenAccept(failure -> {
                if (failure != null && !entry.isDone()) {
                    background.execute(() -> failUnlessThere(entry, failure));
                }
            });
        }
    }

    private void failUnlessThere(final ObjectEntry entry, final Failure failure) {
        if (!entry.isDone() && !store.contains(entry.id)) {
            entry.fail(failure);
        }
    }

    /** An owner has answered. */
    void onAnswer(final ObjectAnswerDecoder answer) {
        final Question question = questions.remove(answer.correlationId());
        final String code = answer.code();
        final String message = answer.message();
        if (question != null) {
            question.answer().complete(code.isEmpty() ? null : new Failure(codeOf(code), message, null));
        }
    }

    private static Code codeOf(final String name) {
        for (final Code code : Code.values()) {
            if (code.name().equals(name)) {
                return code;
            }
        }
        return Code.OBJECT_LOST;
    }

    /**
     * Somebody asks this process for an object of its own.
     *
     * @param decide gives the id and how it was lost to whoever knows, and takes the answer
     */
    void onAsk(final Message from, final AskObjectDecoder ask, final Decision decide) {
        final byte[] idBytes = new byte[ObjectId.LENGTH_BYTES];
        ask.getObjectId(idBytes, 0, idBytes.length);
        final long correlationId = ask.correlationId();
        final boolean isLost = ask.isLost() != 0;
        final String why = ask.message();
        final String inbox = from.from().producerName();
        background.execute(() -> decide.decide(
                ObjectId.of(idBytes, 0), isLost ? why : "", failure -> answer(inbox, correlationId, failure)));
    }

    /** Finds out what becomes of an object of this process. */
    interface Decision {
        void decide(ObjectId id, String why, Consumer<Failure> answer);
    }

    private void answer(final String inbox, final long correlationId, final Failure failure) {
        agent.links().tryTo(inbox).ifPresent(to -> {
            final MessageBuffer message = MessageBuffer.local();
            final ObjectAnswerEncoder out =
                    new ObjectAnswerEncoder().wrapAndApplyHeader(message.buffer(), 0, message.header());
            out.correlationId(correlationId)
                    .code(failure == null ? "" : failure.code().name())
                    .message(failure == null ? "" : cut(failure.message()));
            to.post(ObjectAnswerEncoder.TEMPLATE_ID, message, out.encodedLength());
        });
    }

    private static String cut(final String text) {
        return text.length() <= MOST_MESSAGE_CHARS ? text : text.substring(0, MOST_MESSAGE_CHARS);
    }

    /** Nothing more will come: everything that waits fails. */
    void nodeStopped(final Failure failure) {
        stopped = failure;
        awaited.values()
                .forEach(entries -> entries.forEach(entry -> {
                    if (!entry.isDone()) {
                        entry.fail(failure);
                    }
                }));
        questions.values().forEach(question -> question.answer().complete(failure));
        questions.clear();
    }
}
