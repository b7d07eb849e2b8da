/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.observe;

/**
 * Layout of a slot of the raylet's file of workers. A slot is a worker's from its launch until it is gone, and then another's. Written by the raylet's agent alone; see
 * {@link SlotFileDescriptor}.
 *
 * <pre>
 * offset length type  field         writer order    meaning
 *      0      8 i64   sequence      owner  CAS      see SlotFileDescriptor
 *      8      8 i64   pid           owner  plain    0 = not known yet
 *     16      8 i64   launchedNs    owner  plain    when it was launched, nanoseconds of the monotonic clock
 *     24      8 i64   sinceNs       owner  plain    when it was given its latest task, or became idle
 *     32      8 i64   processBytes  owner  plain    what its process may have
 *     40      4 i32   number        owner  plain    0 = nobody's slot
 *     44      4 i32   state         owner  plain    see WorkerState
 *     48      4 i32   job           owner  plain    0 = none yet
 *     52      4 i32   attempt       owner  plain    of the task
 *     56     24 bytes taskId        owner  plain    what it runs, or the creation of the actor that it is; all zero: nothing
 *     80     64 bytes name          owner  plain    of the task; first byte: length; then UTF-8
 * </pre>
 */
final class WorkerSlotDescriptor {
    static final int SEQUENCE_OFFSET = SlotFileDescriptor.SEQUENCE_OFFSET;
    static final int SEQUENCE_LENGTH = 8;
    static final int PID_OFFSET = 8;
    static final int PID_LENGTH = 8;
    static final int LAUNCHED_NS_OFFSET = 16;
    static final int LAUNCHED_NS_LENGTH = 8;
    static final int SINCE_NS_OFFSET = 24;
    static final int SINCE_NS_LENGTH = 8;
    static final int PROCESS_BYTES_OFFSET = 32;
    static final int PROCESS_BYTES_LENGTH = 8;
    static final int NUMBER_OFFSET = 40;
    static final int NUMBER_LENGTH = 4;
    static final int STATE_OFFSET = 44;
    static final int STATE_LENGTH = 4;
    static final int JOB_OFFSET = 48;
    static final int JOB_LENGTH = 4;
    static final int ATTEMPT_OFFSET = 52;
    static final int ATTEMPT_LENGTH = 4;
    static final int TASK_ID_OFFSET = 56;
    static final int TASK_ID_LENGTH = 24;
    static final int NAME_OFFSET = 80;
    static final int NAME_LENGTH = 64;

    /** Bytes of a slot. */
    static final int LENGTH = 192;

    private WorkerSlotDescriptor() {}
}
