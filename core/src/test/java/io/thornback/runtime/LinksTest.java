/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.runtime;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;

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
}
