/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.objectstore;

/** A subscription to events of the store; ends when it is closed, or with its client. Any thread. */
public interface ObjectSubscription extends AutoCloseable {
    /** Events that were lost so far, as the last one that came through said. */
    long dropped();

    /** Ends the subscription; an event that is under way may still come. Does not wait. */
    @Override
    void close();
}
