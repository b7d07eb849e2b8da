/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.objectstore;

import io.thornback.fuzz.FuzzTarget;
import io.thornback.posix.ProcessIdentity;
import io.thornback.transport.ipc.Inbox;
import io.thornback.transport.ipc.InboxOptions;
import io.thornback.transport.ipc.OutboundLane;
import io.thornback.transport.wire.MessageHeaderEncoder;
import io.thornback.transport.wire.MessageHeaders;
import io.thornback.transport.wire.StoreHelloEncoder;
import io.thornback.transport.wire.WireTargets;
import io.thornback.transport.wire.WireVersion;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.agrona.ExpandableArrayBuffer;
import org.agrona.concurrent.UnsafeBuffer;

/** An object store, stepped by hand, and what a client that has been admitted says to it; what a store says to its clients. */
public final class StoreTargets implements AutoCloseable {
    private static final int FIRST = 101;
    private static final int END = 200;
    private static final int CYCLES = 3;
    private static final int WEIGHT = 10;
    private final Path folder;
    private final ObjectStoreAgent agent;
    private final Inbox inbox;
    private final OutboundLane lane;

    /** Makes a store and lets one client in. */
    public StoreTargets() throws IOException {
        folder = Files.createTempDirectory(Path.of("/dev/shm"), "thornback-fuzz-");
        agent = new ObjectStoreAgent(StoreConfig.of(folder, 4L << 20).withMaxObjects(1 << 12));
        inbox = Inbox.create(folder, "fuzzer", InboxOptions.DEFAULT);
        lane = OutboundLane.open(folder, StoreConfig.DEFAULT_INBOX, "fuzzer");
        final byte[] hello = hello();
        lane.offer(StoreHelloEncoder.TEMPLATE_ID, new UnsafeBuffer(hello), 0, hello.length);
        step();
        if (agent.counters().clients() != 1) {
            throw new IllegalStateException("the store has not let the client in");
        }
    }

    @Override
    public void close() throws IOException {
        lane.close();
        inbox.close();
        agent.onClose();
        try (Stream<Path> all = Files.walk(folder)) {
            for (final Path path : all.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(path);
            }
        }
    }

    private void step() {
        for (int i = 0; i < CYCLES; i++) {
            agent.doWork();
        }
        while (inbox.poll((from, templateId, buffer, offset, length) -> {}, 1_024) > 0) {
            // what it answers is not looked at
        }
    }

    private static byte[] hello() {
        final ExpandableArrayBuffer buffer = new ExpandableArrayBuffer();
        final StoreHelloEncoder hello =
                new StoreHelloEncoder().wrapAndApplyHeader(buffer, 0, new MessageHeaderEncoder());
        final ProcessIdentity self = ProcessIdentity.current();
        hello.pid(self.pid())
                .startTicks(self.startTicks())
                .layoutVersion(StoreDescriptor.LAYOUT_VERSION)
                .schemaVersion(WireVersion.SCHEMA)
                .jobId(1)
                .correlationId(1)
                .clientId(0)
                .lastEpoch(0)
                .inbox("fuzzer");
        final byte[] bytes = new byte[MessageHeaderEncoder.ENCODED_LENGTH + hello.encodedLength()];
        buffer.getBytes(0, bytes);
        return bytes;
    }

    /** The service, and the clients' end. */
    public List<FuzzTarget> all() {
        final List<byte[]> seeds = new ArrayList<>();
        IntStream.range(FIRST, END).forEach(templateId -> seeds.addAll(WireTargets.messages(templateId)));
        seeds.add(hello());
        return List.of(
                FuzzTarget.of("store's service", seeds, this::tell)
                        .covering(
                                StoreService.class,
                                Admissions.class,
                                LeaseDesk.class,
                                ListDesk.class,
                                EventDesk.class,
                                ReferenceDesk.class)
                        .weighing(WEIGHT),
                FuzzTarget.of("store's answers", seeds, StoreTargets::answer)
                        .failingWith(IllegalArgumentException.class)
                        .covering(Replies.class, ObjectQueries.class));
    }

    private void tell(final byte[] message) {
        final UnsafeBuffer buffer = new UnsafeBuffer(message);
        final int templateId = message.length < MessageHeaders.LENGTH ? 0 : MessageHeaders.templateId(buffer, 0);
        if (templateId == 0 || !MessageHeaders.isMessage(buffer, 0, message.length, templateId)) {
            return; // the lane would not take it
        }
        final long errors = agent.handlerErrors();
        if (lane.offer(templateId, buffer, 0, message.length) == OutboundLane.CLOSED) {
            throw new AssertionError("the store has closed the lane");
        }
        step();
        if (agent.handlerErrors() != errors) {
            throw new AssertionError("the store's service threw; see the log");
        }
    }

    private static void answer(final byte[] message) {
        final UnsafeBuffer buffer = new UnsafeBuffer(message);
        if (message.length < MessageHeaders.LENGTH) {
            return;
        }
        final Replies replies = new Replies(id -> {}, cell -> {}, () -> false);
        final Reply page = replies.expect(new ObjectQueries.Page(replies.nextCorrelationId(), new ArrayList<>()));
        if (message.length >= MessageHeaders.LENGTH + Long.BYTES) {
            buffer.putLong(MessageHeaders.LENGTH, page.correlationId);
        }
        replies.onMessage(MessageHeaders.templateId(buffer, 0), buffer, 0, message.length);
    }
}
