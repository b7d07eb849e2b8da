/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback;

import java.util.List;

/**
 * Arguments that arrive as one array, for a function of variable arguments; each reference among them is resolved before the call.
 *
 * @param arguments references and wrapped values, at most 65,533.
 * @param <T> type of the elements.
 */
public record Spread<T>(List<? extends Arg<T>> arguments) implements Arg<T[]> {
    /** Copies the list. */
    public Spread {
        arguments = List.copyOf(arguments);
    }
}
