/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.objectstore;

/** Where a process can be killed, for tests: see {@link Steps}. Each stands between two stores to shared memory, behind what it is named after. */
enum Step {
    LEASE_TAKEN(true),
    MEMORY_WRITTEN(true),
    HEADER_WRITTEN(true),
    SEAL_CLAIMED(true),
    SEAL_WRITTEN(true),
    SEAL_COMMITTED(true),
    OWN_PUT_ADDED(true),
    PIN_STORED(true),
    OWN_PIN_STORED(true),
    PIN_LOOKED(true),
    UNPIN_BEGUN(true),
    UNPINNED(true),
    CLIENT_CLOSED_FLAG_SET(true),
    LINK_LANE_OPENED(true),
    LINK_HELLO_SENT(true),
    LINK_LANE_REPLACED(true),
    LINK_SEALS_SENT_AGAIN(true),
    ADMIT_PIN_TABLE_MADE,
    ADMIT_ENTRY_FILLED,
    ADMIT_ACTIVE,
    LEASE_CELL_FILLED,
    LEASE_STORED,
    LEASE_UNTOLD,
    LEASE_TOLD,
    LEASE_RECLAIMED,
    SEAL_CELL_SEALED,
    SEAL_INDEXED,
    SEAL_REJECTED,
    DELETE_LOGGED,
    DELETE_OUT_OF_INDEX,
    DELETE_DOOMED,
    DELETE_NOTED,
    DELETE_DECIDING,
    DOOMED_SCANNED,
    CELL_FREED,
    INDEX_FILLED,
    CLIENT_CLOSING,
    CLIENT_CELLS_FREED,
    CLIENT_PIN_TABLE_DELETED,
    RECOVERY_BEGUN,
    RECOVERY_EPOCH_RAISED,
    RECOVERY_SESSIONS_MADE,
    RECOVERY_CELLS_SETTLED,
    RECOVERY_INDEX_PUBLISHED,
    RECOVERY_DELETES_FINISHED,
    RECOVERY_MESSAGE_APPLIED,
    RECOVERY_LANES_READ,
    RECOVERY_DELETES_DECIDED,
    RECOVERY_SESSIONS_ENDED,
    RECOVERY_INBOX_MADE,
    RESUME_LANE_OPENED,
    RESUME_ATTACHED,
    EVICT_MARKED,
    EVICT_OUT_OF_INDEX,
    EVICT_FREED,
    SPILL_HELD,
    SPILL_WRITTEN,
    SPILL_KNOWN,
    SPILL_DELETE_NOTED,
    SPILL_DELETE_MARKED,
    RESTORE_LEASED,
    RESTORE_READ,
    RESTORE_FILLED,
    RESTORE_SEALED,
    RESTORE_INDEXED;

    /** A client comes to it, not the store. */
    final boolean ofClient;

    Step() {
        this(false);
    }

    Step(final boolean ofClient) {
        this.ofClient = ofClient;
    }
}
