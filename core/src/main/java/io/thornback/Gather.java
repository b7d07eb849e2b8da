/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback;

import java.util.List;

/**
 * An argument that arrives as a list of values: each reference is resolved before the call.
 *
 * @param refs the references, in the order in which the values shall arrive.
 * @param <T> type of the values.
 */
public record Gather<T>(List<? extends ObjectRef<T>> refs) implements Arg<List<T>> {
    /** Copies the list. */
    public Gather {
        refs = List.copyOf(refs);
    }
}
