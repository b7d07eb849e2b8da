/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.function;

import java.lang.invoke.MethodHandle;
import java.util.List;

/**
 * Something that can be called with an array of arguments.
 *
 * @param handle of type {@code (Object[])Object}.
 * @param parameterTypes what each argument must be; for an instance method the receiver comes first.
 */
public record Invocable(MethodHandle handle, List<Class<?>> parameterTypes) {
    /** Calls it; boxed and unboxed as needed. */
    public Object invoke(final Object[] arguments) throws Throwable {
        return handle.invokeExact(arguments);
    }
}
