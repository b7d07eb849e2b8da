/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.worker;

import io.thornback.Fn0;
import io.thornback.Fn2;
import io.thornback.function.FunctionResolver;
import io.thornback.ids.ActorId;
import io.thornback.ids.JobId;
import io.thornback.ids.TaskId;
import io.thornback.runtime.ActorOptions;
import io.thornback.runtime.ClientRuntime;
import io.thornback.runtime.InboxAgent;
import io.thornback.runtime.Links;
import io.thornback.runtime.Message;
import io.thornback.runtime.MessageBuffer;
import io.thornback.runtime.MessageHandler;
import io.thornback.runtime.RuntimeThornback;
import io.thornback.transport.ipc.InboundLane;
import io.thornback.transport.wire.RunTaskDecoder;
import io.thornback.transport.wire.RunTaskEncoder;
import io.thornback.transport.wire.TaskKind;
import io.thornback.transport.wire.TaskResultDecoder;
import io.thornback.transport.wire.ValuePlace;
import java.io.Serializable;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.agrona.concurrent.UnsafeBuffer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What a worker does while it has nothing to do: it creates an actor of its own and calls it, by messages to itself, so that the first call of a job finds the classes loaded and linked, which takes a
 * tenth of a second. Nothing of it leaves the process.
 */
final class Rehearsal implements MessageHandler {
    /** Calls that are made, the creation of the actor included. */
    static final int CALLS = 3;

    private static final Logger LOG = LoggerFactory.getLogger(Rehearsal.class);
    private static final long TIMEOUT_MS = 2_000;

    private final InboxAgent agent;
    private final ClientRuntime runtime;
    private final Links links;
    private final TaskRunner runner;
    private final CountDownLatch answers = new CountDownLatch(CALLS);

    /**
     * @param runtime of no job; never opened.
     * @param links of {@link #links}.
     * @param runner of the rehearsal alone, with these links.
     */
    Rehearsal(final InboxAgent agent, final ClientRuntime runtime, final Links links, final TaskRunner runner) {
        this.agent = agent;
        this.runtime = runtime;
        this.links = links;
        this.runner = runner;
    }

    /** Lanes under a name of their own, so that what is rehearsed and what this process sends itself in earnest are told apart. */
    static Links links(final Path shmDir, final InboxAgent agent) {
        return new Links(shmDir, agent.name() + "-rehearsal", () -> {});
    }

    /** A rehearsed call could not be answered. */
    static void broken(final Throwable problem) {
        LOG.warn("a rehearsed call was not answered; the first call will be slower", problem);
    }

    /** An actor as a job has them: what can be overridden is called in another way than what cannot. */
    static class Player {
        private int sum;

        int add(final int value) {
            sum += value;
            return sum;
        }

        final int addTwice(final int value) {
            return add(2 * value);
        }
    }

    /** Takes what is rehearsed. */
    @Override
    public boolean onMessage(final Message message) {
        if (!isOf(message.from())) {
            return false;
        }
        if (message.templateId() == RunTaskDecoder.TEMPLATE_ID) {
            runner.submit(RunOrder.read(message.buffer(), message.offset()));
        } else if (message.templateId() == TaskResultDecoder.TEMPLATE_ID) {
            answers.countDown();
        }
        return true;
    }

    /** Whether the lane is what is rehearsed on; when that is closed, no more comes of it. */
    boolean isOf(final InboundLane lane) {
        return lane.producerName().equals(links.ownName());
    }

    /** Rehearses; returns when it is over, after some tenths of a second at most. */
    void run() {
        final long began = System.nanoTime();
        try {
            openJar();
            final ClassLoader loader = Rehearsal.class.getClassLoader();
            runner.start(
                    runtime.callDecoder(),
                    new FunctionResolver(loader),
                    new RuntimeThornback(runtime, () -> {}),
                    new Owed(runtime, links.to(agent.name())));
            createAndCall();
            final boolean isOver = answers.await(TIMEOUT_MS, TimeUnit.MILLISECONDS);
            LOG.info("rehearsed a call in {} ms{}", millisSince(began), isOver ? "" : ", not to its end");
        } catch (final InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (final ReflectiveOperationException | URISyntaxException | RuntimeException e) {
            LOG.warn("the rehearsal of a call failed; the first call will be slower", e);
        } finally {
            runner.stop(0);
            runtime.close();
            links.close();
        }
    }

    private void createAndCall() {
        final ActorId actor = ActorId.create(JobId.NONE);
        final Fn0<Player> create = Player::new;
        send(
                TaskKind.ACTOR_CREATION,
                TaskId.create(actor),
                ActorOptions.in("rehearsal").encode(),
                create);
        final Fn2<Player, Integer, Integer> add = Player::add;
        send(TaskKind.ACTOR_CALL, TaskId.create(actor), new byte[0], add, 1);
        final Fn2<Player, Integer, Integer> addTwice = Player::addTwice;
        send(TaskKind.ACTOR_CALL, TaskId.create(actor), new byte[0], addTwice, 1);
    }

    private static long millisSince(final long beganNs) {
        return TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - beganNs);
    }

    /** Loads a class as the first one of a job is: from a file that has not been opened by this loader. */
    private static void openJar() throws ReflectiveOperationException, URISyntaxException {
        final Path jar = Path.of(Rehearsal.class
                .getProtectionDomain()
                .getCodeSource()
                .getLocation()
                .toURI());
        Class.forName(
                Fn0.class.getName(),
                true,
                JobClassLoader.of(jar.toString(), Set.of(), ClassLoader.getPlatformClassLoader()));
    }

    private void send(
            final TaskKind kind,
            final TaskId task,
            final byte[] options,
            final Serializable function,
            final Object... arguments) {
        final byte[] spec = runtime.specification(task, function, arguments);
        final UnsafeBuffer id = new UnsafeBuffer(new byte[TaskId.LENGTH]);
        task.write(id, 0);
        final MessageBuffer message = MessageBuffer.local();
        final RunTaskEncoder out = new RunTaskEncoder().wrapAndApplyHeader(message.buffer(), 0, message.header());
        out.putTaskId(id, 0, TaskId.LENGTH)
                .kind(kind)
                .specPlace(ValuePlace.INLINE)
                .attempt(1)
                .ownerInbox(agent.name())
                .name("rehearsal")
                .putSpec(spec, 0, spec.length)
                .putActorOptions(options, 0, options.length);
        links.to(agent.name()).post(RunTaskEncoder.TEMPLATE_ID, message, out.encodedLength());
    }
}
