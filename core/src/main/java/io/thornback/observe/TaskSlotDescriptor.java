/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.observe;

/**
 * Layout of a slot of a file of tasks. Who writes it when is told in {@link SlotFileDescriptor}; the writer is the raylet for tasks and actor creations, the actor's worker for
 * calls. Times are nanoseconds of the host's monotonic clock, 0 = not yet, or never known.
 *
 * <pre>
 * offset length type  field        writer order    meaning
 *      0      8 i64   sequence     owner  CAS      see SlotFileDescriptor
 *      8      8 i64   position     owner  plain    how many events were given a slot before this one
 *     16     24 bytes taskId       owner  plain    with the job in its last four bytes
 *     40     24 bytes parentId     owner  plain    the task that submitted it; all zero: the driver
 *     64      8 i64   submittedNs  owner  plain    its owner handed it over
 *     72      8 i64   scheduledNs  owner  plain    the raylet gave it to a worker; of a call: it was read from the inbox
 *     80      8 i64   startedNs    owner  plain    the worker began it
 *     88      8 i64   endedNs      owner  plain    the function returned or threw
 *     96      8 i64   storedNs     owner  plain    its result was in the store or on its way to the owner
 *    104      8 i64   pid          owner  plain    of the worker
 *    112      4 i32   worker       owner  plain    its number; 0 = none yet
 *    116      4 i32   attempt      owner  plain    from 1; 0 = never given to a worker
 *    120      4 i32   kind         owner  plain    0 task, 1 actor creation, 2 actor call
 *    124      4 i32   state        owner  plain    see TaskState
 *    128     64 bytes name         owner  plain    first byte: length; then UTF-8, cut at a character
 *    192     64 bytes resources    owner  plain    as name: what it asks for, such as cpu=1
 * </pre>
 */
final class TaskSlotDescriptor {
    static final int SEQUENCE_OFFSET = SlotFileDescriptor.SEQUENCE_OFFSET;
    static final int SEQUENCE_LENGTH = 8;
    static final int POSITION_OFFSET = 8;
    static final int POSITION_LENGTH = 8;
    static final int TASK_ID_OFFSET = 16;
    static final int TASK_ID_LENGTH = 24;
    static final int PARENT_ID_OFFSET = 40;
    static final int PARENT_ID_LENGTH = 24;
    static final int SUBMITTED_NS_OFFSET = 64;
    static final int SUBMITTED_NS_LENGTH = 8;
    static final int SCHEDULED_NS_OFFSET = 72;
    static final int SCHEDULED_NS_LENGTH = 8;
    static final int STARTED_NS_OFFSET = 80;
    static final int STARTED_NS_LENGTH = 8;
    static final int ENDED_NS_OFFSET = 88;
    static final int ENDED_NS_LENGTH = 8;
    static final int STORED_NS_OFFSET = 96;
    static final int STORED_NS_LENGTH = 8;
    static final int PID_OFFSET = 104;
    static final int PID_LENGTH = 8;
    static final int WORKER_OFFSET = 112;
    static final int WORKER_LENGTH = 4;
    static final int ATTEMPT_OFFSET = 116;
    static final int ATTEMPT_LENGTH = 4;
    static final int KIND_OFFSET = 120;
    static final int KIND_LENGTH = 4;
    static final int STATE_OFFSET = 124;
    static final int STATE_LENGTH = 4;
    static final int NAME_OFFSET = 128;
    static final int NAME_LENGTH = 64;
    static final int RESOURCES_OFFSET = 192;
    static final int RESOURCES_LENGTH = 64;

    /** Bytes of a slot. */
    static final int LENGTH = 256;

    private TaskSlotDescriptor() {}
}
