/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.function;

import java.lang.invoke.MethodHandleInfo;

/**
 * The name of something that can be called.
 *
 * @param className binary name of the class that has the method, with dots.
 * @param method name of the method, or {@code <init>}.
 * @param signature the method's descriptor (JVMS §4.3.3).
 * @param kind a {@code REF_…} constant of {@link MethodHandleInfo}.
 */
public record FunctionDescriptor(String className, String method, String signature, int kind) {
    // By hand: those that a record has are made of method handles at their first use, for which the second call in a
    // worker would wait 3 ms.

    @Override
    public boolean equals(final Object other) {
        return other instanceof FunctionDescriptor that
                && kind == that.kind
                && method.equals(that.method)
                && className.equals(that.className)
                && signature.equals(that.signature);
    }

    @Override
    public int hashCode() {
        return 31 * (31 * className.hashCode() + method.hashCode()) + signature.hashCode();
    }

    /** Class and method as a person writes them. */
    public String displayName() {
        final String simple = className.substring(className.lastIndexOf('.') + 1);
        if (kind == MethodHandleInfo.REF_newInvokeSpecial) {
            return simple + "::new";
        }
        if (method.startsWith("lambda$")) {
            final String[] parts = method.split("\\$", -1);
            return simple + "." + (parts.length > 1 ? parts[1] : method) + "'s lambda";
        }
        return simple + "." + method;
    }
}
