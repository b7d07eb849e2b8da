/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.objectstore;

/** What the store is made of; each part owns one thing, all belong to the agent's thread. */
record StoreParts(
        StoreFiles files,
        CellTable cells,
        ObjectIndexWriter index,
        DoomedCells doomed,
        Waiters waiters,
        LeaseDesk leases,
        Undecided undecided,
        Admissions admissions,
        ClientRegistry clients,
        Outbox outbox,
        Residency residency,
        StoreTally tally) {
    /** Who has references. */
    Holds holds() {
        return residency.holds();
    }
}
