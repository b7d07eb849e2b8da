/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.observe;

/**
 * Layout of a slot of the raylet's file of actors. A slot is an actor's from its creation on; when there is none left, that of the actor that has been dead longest is taken.
 * Written by the raylet's agent alone; see {@link SlotFileDescriptor}.
 *
 * <pre>
 * offset length type  field      writer order    meaning
 *      0      8 i64   sequence   owner  CAS      see SlotFileDescriptor
 *      8     16 bytes actorId    owner  plain    with the job in its last four bytes
 *     24      8 i64   pid        owner  plain    of its worker; 0 = none now
 *     32      8 i64   createdNs  owner  plain    when it was asked for, nanoseconds of the monotonic clock
 *     40      8 i64   changedNs  owner  plain    when its state changed last
 *     48      4 i32   state      owner  plain    see ActorPhase
 *     52      4 i32   worker     owner  plain    number of its worker; 0 = none now
 *     56      4 i32   restarts   owner  plain    how often it was made again
 *     64     64 bytes name       owner  plain    that it was given; first byte: length; then UTF-8
 *    128     64 bytes what       owner  plain    as name: what creates it
 *    192    128 bytes reason     owner  plain    as name: why it is dead
 * </pre>
 */
final class ActorSlotDescriptor {
    static final int SEQUENCE_OFFSET = SlotFileDescriptor.SEQUENCE_OFFSET;
    static final int SEQUENCE_LENGTH = 8;
    static final int ACTOR_ID_OFFSET = 8;
    static final int ACTOR_ID_LENGTH = 16;
    static final int PID_OFFSET = 24;
    static final int PID_LENGTH = 8;
    static final int CREATED_NS_OFFSET = 32;
    static final int CREATED_NS_LENGTH = 8;
    static final int CHANGED_NS_OFFSET = 40;
    static final int CHANGED_NS_LENGTH = 8;
    static final int STATE_OFFSET = 48;
    static final int STATE_LENGTH = 4;
    static final int WORKER_OFFSET = 52;
    static final int WORKER_LENGTH = 4;
    static final int RESTARTS_OFFSET = 56;
    static final int RESTARTS_LENGTH = 4;
    static final int NAME_OFFSET = 64;
    static final int NAME_LENGTH = 64;
    static final int WHAT_OFFSET = 128;
    static final int WHAT_LENGTH = 64;
    static final int REASON_OFFSET = 192;
    static final int REASON_LENGTH = 128;

    /** Bytes of a slot. */
    static final int LENGTH = 320;

    private ActorSlotDescriptor() {}
}
