/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.objectstore;

/**
 * Doubly linked lists of cells, linked through two arrays that all lists share: a cell is in one list at most. Each list is two numbers, its ends,
 * which its owner keeps. One thread, the agent; allocates nothing.
 */
final class CellLists {
    static final int NIL = -1;

    /** One list: from the oldest to the newest. */
    static final class Ends {
        int oldest = NIL;
        int newest = NIL;
        int count;
    }

    private final int[] newer;
    private final int[] older;

    CellLists(final int maxCells) {
        newer = new int[maxCells];
        older = new int[maxCells];
    }

    int newer(final int cell) {
        return newer[cell];
    }

    int older(final int cell) {
        return older[cell];
    }

    void addNewest(final Ends list, final int cell) {
        newer[cell] = NIL;
        older[cell] = list.newest;
        if (list.newest == NIL) {
            list.oldest = cell;
        } else {
            newer[list.newest] = cell;
        }
        list.newest = cell;
        list.count++;
    }

    void addOldest(final Ends list, final int cell) {
        older[cell] = NIL;
        newer[cell] = list.oldest;
        if (list.oldest == NIL) {
            list.newest = cell;
        } else {
            older[list.oldest] = cell;
        }
        list.oldest = cell;
        list.count++;
    }

    void remove(final Ends list, final int cell) {
        if (older[cell] == NIL) {
            list.oldest = newer[cell];
        } else {
            newer[older[cell]] = newer[cell];
        }
        if (newer[cell] == NIL) {
            list.newest = older[cell];
        } else {
            older[newer[cell]] = older[cell];
        }
        list.count--;
    }
}
