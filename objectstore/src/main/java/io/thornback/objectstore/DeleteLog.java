/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.objectstore;

import static io.thornback.objectstore.DeleteLogDescriptor.ENTRIES;
import static io.thornback.objectstore.DeleteLogDescriptor.FREE;

import org.agrona.UnsafeApi;
import org.agrona.collections.IntArrayList;

/**
 * Keeps unfinished deletes where the next store finds them. What does not fit is remembered by this store alone, and lost with it. Layout and reasons:
 * {@link DeleteLogDescriptor}. One thread, the agent.
 */
final class DeleteLog {
    /** No entry was free. */
    static final int NONE = 0;

    private static final int RUNNING = 0;

    private final long address;
    private final IntArrayList free = new IntArrayList();

    DeleteLog(final long address) {
        this.address = address;
        for (int entry = ENTRIES - 1; entry > RUNNING; entry--) {
            if (state(entry) == FREE) {
                free.addInt(entry);
            }
        }
    }

    /** Writes the head of a file that is all zero. */
    static void initialise(final long address) {
        UnsafeApi.putInt(address + DeleteLogDescriptor.MAGIC_OFFSET, DeleteLogDescriptor.MAGIC);
        UnsafeApi.putIntRelease(null, address + DeleteLogDescriptor.VERSION_OFFSET, StoreDescriptor.LAYOUT_VERSION);
    }

    /**
     * The message at this place deletes an object.
     *
     * @param token its cell and generation; 0 if it is not in memory
     * @param place where only the disk has it; 0 if that does not
     */
    void running(final long lane, final long position, final ObjectId id, final long token, final long place) {
        UnsafeApi.putIntRelease(null, at(RUNNING) + DeleteLogDescriptor.STATE_OFFSET, FREE);
        UnsafeApi.fullFence(); // no field of the new entry before the old one is void
        final int state = place == 0 ? DeleteLogDescriptor.DELETE : DeleteLogDescriptor.DELETE_ON_DISK;
        fill(RUNNING, state, lane, position, token | place, id, 0);
    }

    /** The message at this place wants to delete an object that is not there yet. Returns the entry, or NONE. */
    int note(final long lane, final long position, final ObjectId id) {
        final int entry = take();
        if (entry != NONE) {
            fill(entry, DeleteLogDescriptor.DELETE, lane, position, 0, id, 0);
        }
        return entry;
    }

    /** The message at this place releases a job. Returns the entry, or NONE. */
    int noteJob(final long lane, final long position, final int jobId) {
        final int entry = take();
        if (entry != NONE) {
            fill(entry, DeleteLogDescriptor.RELEASE_JOB, lane, position, 0, null, jobId);
        }
        return entry;
    }

    /** The object of the entry is there after all, and is deleted now; see {@link #running}. */
    void deciding(final int entry, final long token, final long place) {
        if (entry != NONE) {
            if (place != 0) {
                UnsafeApi.putIntRelease(
                        null, at(entry) + DeleteLogDescriptor.STATE_OFFSET, DeleteLogDescriptor.DELETE_ON_DISK);
            }
            UnsafeApi.putLongRelease(null, at(entry) + DeleteLogDescriptor.TOKEN_OFFSET, token | place);
        }
    }

    /** It is done. */
    void forget(final int entry) {
        if (entry != NONE) {
            UnsafeApi.putIntRelease(null, at(entry) + DeleteLogDescriptor.STATE_OFFSET, FREE);
            free.pushInt(entry);
        }
    }

    /** Whether the message at this place is in the log already. Walks it: for restarts. */
    boolean isKnown(final long lane, final long position) {
        for (int entry = RUNNING; entry < ENTRIES; entry++) {
            if (state(entry) != FREE
                    && (entry != RUNNING || token(RUNNING) != 0)
                    && UnsafeApi.getLong(at(entry) + DeleteLogDescriptor.LANE_OFFSET) == lane
                    && UnsafeApi.getLong(at(entry) + DeleteLogDescriptor.POSITION_OFFSET) == position) {
                return true;
            }
        }
        return false;
    }

    int state(final int entry) {
        return UnsafeApi.getIntAcquire(null, at(entry) + DeleteLogDescriptor.STATE_OFFSET);
    }

    long token(final int entry) {
        return UnsafeApi.getLongAcquire(null, at(entry) + DeleteLogDescriptor.TOKEN_OFFSET);
    }

    ObjectId id(final int entry) {
        return ObjectId.ofAddress(at(entry) + DeleteLogDescriptor.ID_OFFSET);
    }

    int job(final int entry) {
        return UnsafeApi.getInt(at(entry) + DeleteLogDescriptor.JOB_OFFSET);
    }

    private int take() {
        return free.isEmpty() ? NONE : free.popInt();
    }

    private void fill(
            final int entry,
            final int state,
            final long lane,
            final long position,
            final long token,
            final ObjectId id,
            final int jobId) {
        final long at = at(entry);
        UnsafeApi.putInt(at + DeleteLogDescriptor.JOB_OFFSET, jobId);
        UnsafeApi.putLong(at + DeleteLogDescriptor.TOKEN_OFFSET, token);
        UnsafeApi.putLong(at + DeleteLogDescriptor.LANE_OFFSET, lane);
        UnsafeApi.putLong(at + DeleteLogDescriptor.POSITION_OFFSET, position);
        if (id != null) {
            id.putIntoAddress(at + DeleteLogDescriptor.ID_OFFSET);
        }
        // Release: whoever finds the state finds the rest. Partner: the next store.
        UnsafeApi.putIntRelease(null, at + DeleteLogDescriptor.STATE_OFFSET, state);
    }

    private long at(final int entry) {
        return DeleteLogDescriptor.entry(address, entry);
    }
}
