/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.runtime;

import io.thornback.ids.TaskId;
import io.thornback.transport.wire.MessageHeaderDecoder;
import io.thornback.transport.wire.TaskWaitsDecoder;
import org.agrona.concurrent.UnsafeBuffer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Logs what the raylet says of tasks that wait for what no node has, and keeps it for the message of a {@code get} that times out. The agent's thread. */
final class WaitNotices implements MessageHandler {
    private static final Logger LOG = LoggerFactory.getLogger(WaitNotices.class);

    private final TaskTable tasks;

    WaitNotices(final TaskTable tasks) {
        this.tasks = tasks;
    }

    @Override
    public boolean onMessage(final Message message) {
        if (message.templateId() != TaskWaitsDecoder.TEMPLATE_ID) {
            return false;
        }
        final TaskWaitsDecoder notice = new TaskWaitsDecoder()
                .wrapAndApplyHeader(message.buffer(), message.offset(), new MessageHeaderDecoder());
        final byte[] id = new byte[TaskId.LENGTH];
        notice.getTaskId(id, 0, id.length);
        final PendingTask task = tasks.get(TaskId.read(new UnsafeBuffer(id), 0));
        if (task != null) {
            final int others = notice.others();
            final long waitedS = notice.waitedMs() / 1_000;
            final String reason = notice.reason();
            task.result().note(reason);
            LOG.warn(
                    "task {} {}{} waits since {} s: {}",
                    task.id(),
                    task.name(),
                    others == 0 ? "" : " (and " + others + " like it)",
                    waitedS,
                    reason);
        }
        return true;
    }
}
