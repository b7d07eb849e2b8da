/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.fuzz;

import java.lang.invoke.MethodHandles;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.util.ArrayList;
import java.util.List;

/**
 * Which branches of some classes have been taken since the JVM began, as JaCoCo's agent counts them: it gives each class an array with one boolean for each, and a method
 * that returns it. Without the agent there are none, and nothing is ever new.
 */
final class Probes {
    private static final String ARRAY_METHOD = "$jacocoInit";

    private final List<boolean[]> arrays = new ArrayList<>();
    private int taken;

    Probes(final List<Class<?>> classes) {
        for (final Class<?> type : classes) {
            add(type);
            for (final Class<?> inner : type.getDeclaredClasses()) {
                add(inner);
            }
        }
        taken = count();
    }

    private void add(final Class<?> type) {
        for (final Method method : type.getDeclaredMethods()) {
            if (method.getName().equals(ARRAY_METHOD)) {
                method.setAccessible(true);
                try {
                    final Object array = method.getParameterCount() == 0
                            ? method.invoke(null)
                            : method.invoke(null, MethodHandles.lookup(), "", type);
                    arrays.add((boolean[]) array);
                } catch (final IllegalAccessException | InvocationTargetException e) {
                    throw new IllegalStateException("cannot read the branches of " + type, e);
                }
            }
        }
    }

    /** Whether there is anything to go by. */
    boolean areThere() {
        return !arrays.isEmpty();
    }

    /** Whether a branch was taken for the first time since this was asked last. */
    boolean sawSomethingNew() {
        final int now = count();
        final boolean isNew = now > taken;
        taken = now;
        return isNew;
    }

    /** Branches taken. */
    int count() {
        int count = 0;
        for (final boolean[] array : arrays) {
            for (final boolean each : array) {
                count += each ? 1 : 0;
            }
        }
        return count;
    }
}
