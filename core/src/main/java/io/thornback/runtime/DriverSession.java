/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.runtime;

import io.thornback.ConnectOptions;
import io.thornback.GetTimeoutException;
import io.thornback.NodeStoppedException;
import io.thornback.RuntimeEnvironment;
import io.thornback.ThornbackException;
import io.thornback.ThornbackException.Code;
import io.thornback.ids.JobId;
import io.thornback.node.NodeFile;
import io.thornback.objectstore.ObjectStoreClient;
import io.thornback.posix.ProcessIdentity;
import io.thornback.serialization.ClassFilter;
import io.thornback.transport.ipc.InboundLane;
import io.thornback.transport.wire.DriverHelloEncoder;
import io.thornback.transport.wire.GoodbyeEncoder;
import io.thornback.transport.wire.MessageHeaderDecoder;
import io.thornback.transport.wire.RefusalCode;
import io.thornback.transport.wire.RefusedDecoder;
import io.thornback.transport.wire.WelcomeDecoder;
import io.thornback.transport.wire.WireVersion;
import io.thornback.transport.wire.WorkerServesDecoder;
import java.io.File;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalInt;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;

/** A driver's attachment to a node: inbox, agent, store, and the job that the raylet gave it. */
final class DriverSession implements AutoCloseable {
    private static final String RAYLET_INBOX = "raylet";
    /** What fits a message, with room for the rest of it. */
    private static final int MAX_CLASS_PATH_CHARS = 15_000;

    private static final AtomicInteger NEXT = new AtomicInteger();

    private final InboxAgent agent;
    private final ObjectStoreClient store;
    private final ClientRuntime runtime;
    /** Null where it is not shown. */
    private final WorkerOutput output;

    private DriverSession(
            final InboxAgent agent,
            final ObjectStoreClient store,
            final ClientRuntime runtime,
            final WorkerOutput output) {
        this.agent = agent;
        this.store = store;
        this.runtime = runtime;
        this.output = output;
    }

    /**
     * Attaches.
     *
     * @throws ThornbackException if the node refuses, or does not answer in time.
     */
    static DriverSession open(
            final NodeFile node,
            final String jobName,
            final String namespace,
            final List<String> allowedClasses,
            final ConnectOptions options) {
        ClassFilter.of(allowedClasses); // says now what is wrong with it
        final Path shm = node.session().shm();
        final String name = "driver-" + ProcessIdentity.current().pid() + "-" + NEXT.incrementAndGet();
        final InboxAgent agent = new InboxAgent(shm, name);
        WorkerOutput output = null;
        ObjectStoreClient store = null;
        try {
            final Greeting greeting = new Greeting();
            agent.addHandler(greeting);
            if (options.workerOutput()) {
                output = new WorkerOutput(node.session(), System.err::println);
                agent.addHandler(output);
            }
            final Outbox raylet = agent.links().to(RAYLET_INBOX);
            final JarCache jars = new JarCache(node.session().jars());
            sayHello(
                    raylet,
                    name,
                    jobName,
                    namespace,
                    String.join(",", allowedClasses),
                    jars.stage(environmentOf(options)).encode());
            final Welcome welcome = greeting.await(options.timeout());
            store = StoreConnection.open(agent, shm, welcome.job());
            final ClientRuntime runtime = new ClientRuntime(
                    agent,
                    new ClientRuntime.JobIdentity(
                            welcome.job(),
                            namespace,
                            welcome.nodeId(),
                            RAYLET_INBOX,
                            welcome.maxTasksInFlight(),
                            OptionalInt.empty(),
                            allowedClasses),
                    store,
                    applicationLoader(),
                    BlockListener.NONE);
            runtime.open();
            runtime.jars(jars);
            agent.onDeath(node.supervisor(), () -> runtime.nodeStopped("the node has stopped or died"));
            agent.addHandler(new RayletWatch(runtime));
            return new DriverSession(agent, store, runtime, output);
        } catch (final RuntimeException e) {
            close(output, store, agent);
            throw e;
        }
    }

    /** Null is what there is not. */
    private static void close(final WorkerOutput output, final ObjectStoreClient store, final InboxAgent agent) {
        if (output != null) {
            output.close();
        }
        if (store != null) {
            store.close();
        }
        agent.close();
    }

    /** What the program says; if it says nothing, what {@code thornback run} was told. */
    private static RuntimeEnvironment environmentOf(final ConnectOptions options) {
        final String told = System.getenv().getOrDefault(Connector.ENVIRONMENT_VARIABLE, "");
        return options.environment().isPlain() ? RuntimeEnvironment.decode(told) : options.environment();
    }

    private static ClassLoader applicationLoader() {
        final ClassLoader context = Thread.currentThread().getContextClassLoader();
        return context != null ? context : ClassLoader.getSystemClassLoader();
    }

    private static void sayHello(
            final Outbox raylet,
            final String inbox,
            final String jobName,
            final String namespace,
            final String allowedClasses,
            final String environment) {
        final ProcessIdentity self = ProcessIdentity.current();
        final String classPath = absoluteClassPath();
        if (classPath.length() + environment.length() > MAX_CLASS_PATH_CHARS) {
            throw new ThornbackException(
                    Code.BAD_REQUEST,
                    "the program's class path has length=" + classPath.length() + ", limit="
                            + (MAX_CLASS_PATH_CHARS - environment.length())
                            + "; put its jars into one whose manifest has a Class-Path, or into a shorter folder");
        }
        if (allowedClasses.length() > MAX_CLASS_PATH_CHARS - classPath.length()) {
            throw new ThornbackException(
                    Code.BAD_REQUEST,
                    "the list of allowed classes has length=" + allowedClasses.length() + ", limit="
                            + (MAX_CLASS_PATH_CHARS - classPath.length())
                            + ", which is what the class path leaves; name packages, as com.acme.*");
        }
        final MessageBuffer message = MessageBuffer.local();
        final DriverHelloEncoder out =
                new DriverHelloEncoder().wrapAndApplyHeader(message.buffer(), 0, message.header());
        out.pid(self.pid())
                .startTicks(self.startTicks())
                .layoutVersion(WireVersion.LAYOUT)
                .schemaVersion(WireVersion.SCHEMA)
                .inbox(inbox)
                .name(jobName)
                .classPath(classPath)
                .actorNamespace(namespace)
                .environment(environment)
                .allowedClasses(allowedClasses);
        raylet.post(DriverHelloEncoder.TEMPLATE_ID, message, out.encodedLength());
    }

    /** Workers have another working directory. */
    private static String absoluteClassPath() {
        return Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator))
                .filter(entry -> !entry.isEmpty())
                .map(entry -> Path.of(entry).toAbsolutePath().normalize().toString())
                .collect(Collectors.joining(File.pathSeparator));
    }

    ClientRuntime runtime() {
        return runtime;
    }

    @Override
    public void close() {
        final MessageBuffer message = MessageBuffer.local();
        final GoodbyeEncoder out = new GoodbyeEncoder().wrapAndApplyHeader(message.buffer(), 0, message.header());
        agent.links()
                .tryTo(RAYLET_INBOX)
                .ifPresent(raylet -> raylet.post(GoodbyeEncoder.TEMPLATE_ID, message, out.encodedLength()));
        close(output, store, agent);
    }

    /** What the raylet answered to the hello. */
    private record Welcome(JobId job, String nodeId, int maxTasksInFlight) {}

    /** Notices that the raylet no longer writes: it has ended or died. */
    private record RayletWatch(ClientRuntime runtime) implements MessageHandler {
        /** Which workers serve the job is told to every driver; one that does not show their output need not know. */
        @Override
        public boolean onMessage(final Message message) {
            return message.templateId() == WorkerServesDecoder.TEMPLATE_ID;
        }

        @Override
        public void onLaneClosed(final InboundLane from, final boolean died) {
            if (from.producerName().equals(RAYLET_INBOX)) {
                runtime.nodeStopped(died ? "the node's raylet has died" : "the node has stopped");
            }
        }
    }

    /** Waits for the answer to the hello. */
    private static final class Greeting implements MessageHandler {
        private final CompletableFuture<Welcome> answer = new CompletableFuture<>();

        @Override
        public boolean onMessage(final Message message) {
            final MessageHeaderDecoder header = new MessageHeaderDecoder();
            final int templateId = message.templateId();
            if (templateId == WelcomeDecoder.TEMPLATE_ID) {
                final WelcomeDecoder welcome =
                        new WelcomeDecoder().wrapAndApplyHeader(message.buffer(), message.offset(), header);
                answer.complete(new Welcome(new JobId(welcome.jobId()), welcome.nodeId(), welcome.maxTasksInFlight()));
                return true;
            }
            if (templateId == RefusedDecoder.TEMPLATE_ID && !answer.isDone()) {
                final RefusedDecoder refused =
                        new RefusedDecoder().wrapAndApplyHeader(message.buffer(), message.offset(), header);
                final boolean version = refused.code() == RefusalCode.VERSION_MISMATCH;
                answer.completeExceptionally(
                        new ThornbackException(version ? Code.VERSION_MISMATCH : Code.NODE_STOPPED, refused.message()));
                return true;
            }
            return false;
        }

        Welcome await(final Duration timeout) {
            try {
                return answer.get(timeout.toNanos(), TimeUnit.NANOSECONDS);
            } catch (final TimeoutException e) {
                throw new GetTimeoutException(
                        "the raylet did not answer within " + timeout.toMillis()
                                + " ms; look at 'thornback status' and the raylet's log",
                        e);
            } catch (final InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new NodeStoppedException("interrupted while attaching to the node", e);
            } catch (final ExecutionException e) {
                throw e.getCause() instanceof ThornbackException known
                        ? known
                        : new NodeStoppedException("cannot attach to the node: " + e.getCause(), e.getCause());
            }
        }
    }
}
