/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.runtime;

/** Told when a thread of the user's is about to wait for an object, and when it goes on. */
public interface BlockListener {
    /** For processes whose waiting concerns nobody: drivers. */
    BlockListener NONE = new BlockListener() {
        @Override
        public void blocked() {}

        @Override
        public void unblocked() {}
    };

    /** The calling thread will wait. */
    void blocked();

    /** The calling thread goes on. */
    void unblocked();
}
