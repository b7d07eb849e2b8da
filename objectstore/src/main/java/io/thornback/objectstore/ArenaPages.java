/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.objectstore;

/** The pages behind the arena's addresses, as the file system gives and takes them. One thread. */
interface ArenaPages {
    /** As many pages as are asked for, and giving them back does nothing: for an allocator over numbers alone. */
    ArenaPages UNLIMITED = new ArenaPages() {
        @Override
        public boolean reserve(final long offset, final long length) {
            return true;
        }

        @Override
        public void giveBack(final long offset, final long length) {
            // There is nothing behind these addresses.
        }
    };

    /**
     * Sees to it that every page of a range exists.
     *
     * @return false if the file system is full; pages of the range may exist then, and count as none
     */
    boolean reserve(long offset, long length);

    /** Gives the pages of a range back; its content is gone. */
    void giveBack(long offset, long length);
}
