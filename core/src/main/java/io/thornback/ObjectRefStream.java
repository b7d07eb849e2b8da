/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback;

import java.time.Duration;
import java.util.Iterator;
import java.util.NoSuchElementException;

/**
 * The objects that a task makes one after the other, handed out while it runs; see {@link TaskCall#stream()}. What the task throws, or that it was lost, stands at the position where it
 * happened: the reference at that position fails, and nothing comes after it.
 *
 * <p>The task stops when it has made as many items as its {@link TaskCall#window} that have not been taken, and goes on when some are. If its worker dies it begins
 * again within its retries, and what has come already does not come twice: so it must make the same items each time.
 *
 * <p>Close it when not all is wanted: the task is cancelled, and what was not taken is deleted. A stream that is simply forgotten is closed when it is unreachable. For one thread at a time.
 *
 * @param <T> type of the values.
 */
public interface ObjectRefStream<T> extends Iterator<ObjectRef<T>>, AutoCloseable {
    /**
     * Whether there is one more, waiting until that is known; a report is logged every so often. After {@link #close()} there is none.
     *
     * @throws GetTimeoutException if the thread is interrupted.
     */
    @Override
    boolean hasNext();

    /**
     * The next, waiting for it as {@link #hasNext()} does. It is ready: {@link ObjectRef#get()} does not wait for the task.
     *
     * @throws NoSuchElementException if that was all.
     */
    @Override
    ObjectRef<T> next();

    /**
     * As {@link #next()}, with a deadline.
     *
     * @throws GetTimeoutException if the next was not there in time; the stream is as before.
     */
    ObjectRef<T> next(Duration timeout);

    /** The number of items, once the task has ended; or its failure. Cancelling it cancels the task. */
    ObjectRef<Long> completion();

    /** Cancels the task if it runs, and deletes what was not taken. Idempotent. */
    @Override
    void close();
}
