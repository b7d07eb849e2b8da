/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.runtime;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.thornback.transport.ipc.Inbox;
import io.thornback.transport.ipc.InboxFullException;
import io.thornback.transport.ipc.InboxOptions;
import io.thornback.transport.ipc.OutboundLane;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LinksTest {
    @TempDir
    private Path shm;

    @Test
    void onlyAReceiverThatIsGoneIsNone() {
        final InboxOptions small = new InboxOptions(4096, 64);
        final List<OutboundLane> others = new ArrayList<>();
        try (Inbox inbox = Inbox.create(shm, "receiver", small);
                Links links = new Links(shm, "sender", () -> {})) {
            assertFalse(links.tryTo("nobody").isPresent());
            for (int i = 0; i < small.slots(); i++) {
                others.add(OutboundLane.open(shm, inbox.name(), "other-" + i));
            }
            assertThrows(InboxFullException.class, () -> links.tryTo("receiver"), "it lives: nothing may be dropped");
            others.forEach(OutboundLane::close);
            others.clear();
            inbox.poll((lane, templateId, buffer, offset, length) -> {}, 1_000);
            assertEquals("receiver", links.tryTo("receiver").orElseThrow().receiver());
        } finally {
            others.forEach(OutboundLane::close);
        }
    }

    @Test
    void lanesToThoseWhoAreGoneAreClosedThoughNobodySaysSo() {
        final InboxOptions small = new InboxOptions(4096, 64);
        try (Inbox lasting = Inbox.create(shm, "lasting", small);
                Links links = new Links(shm, "sender", () -> {})) {
            final Outbox kept = links.to(lasting.name());
            int most = 0;
            for (int i = 0; i < 100; i++) {
                try (Inbox passing = Inbox.create(shm, "passing-" + i, small)) {
                    links.to(passing.name());
                }
                most = Math.max(most, links.size());
            }
            assertTrue(most < 10, "lanes to " + most + " receivers were open at a time, of which one was there");
            assertSame(kept, links.to(lasting.name()), "it has been there all the time");
            assertTrue(kept.isReceiverThere());
        }
    }

    @Test
    void lanesToManyWhoAreThereStayOpen() {
        final InboxOptions small = new InboxOptions(4096, 64);
        final List<Inbox> inboxes = new ArrayList<>();
        try (Links links = new Links(shm, "sender", () -> {})) {
            for (int i = 0; i < 30; i++) {
                inboxes.add(Inbox.create(shm, "receiver-" + i, small));
                links.to("receiver-" + i);
            }
            assertEquals(30, links.size());
        } finally {
            inboxes.forEach(Inbox::close);
        }
    }
}
