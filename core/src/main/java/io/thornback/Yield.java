/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback;

/**
 * Where a task that makes a stream puts its items, one after the other; its last parameter. See {@link Tasks#generate}.
 *
 * @param <T> type of the items.
 */
public interface Yield<T> {
    /**
     * Hands out one more item. Waits while the stream's {@link TaskCall#window} is full. The task's own thread only.
     *
     * @param item copied at once; null is one too.
     * @throws TaskCancelledException if nobody wants the stream any more: let it pass.
     * @throws ThornbackException if the item cannot be sent.
     */
    void emit(T item);
}
