/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.objectstore;

import org.agrona.concurrent.NanoClock;

/** What owns memory in the store or lists what is in it, and the clock; all of it belongs to the agent's thread. */
record StoreMemory(
        CellTable cells,
        ObjectIndexWriter index,
        PinScan pins,
        DoomedCells doomed,
        Lru lru,
        ClientRegistry clients,
        StoreTally tally,
        Catalog catalog,
        NanoClock clock) {}
