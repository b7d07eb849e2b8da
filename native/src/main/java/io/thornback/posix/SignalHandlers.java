/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.posix;

import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Proxy;

/**
 * Runs something when a signal comes. The JVM's own handling of signals ({@code sun.misc.Signal} of module jdk.unsupported, which has no
 * successor): a handler of our own in C would run Java where Java must not run. Reached by reflection, because no compiler lets
 * a build with {@code --release} name it without a warning.
 */
public final class SignalHandlers {

    private SignalHandlers() {}

    /**
     * From now on. The action runs on a thread of its own, each time; it must not throw.
     *
     * @param name without SIG: HUP, USR1
     * @throws IllegalStateException if this JVM does not let us, as with {@code -Xrs}
     */
    public static void on(final String name, final Runnable action) {
        try {
            final Class<?> signal = Class.forName("sun.misc.Signal");
            final Class<?> handler = Class.forName("sun.misc.SignalHandler");
            final InvocationHandler run = (proxy, method, arguments) -> switch (method.getName()) {
                case "handle" -> {
                    action.run();
                    yield null;
                }
                case "equals" -> proxy == arguments[0];
                case "hashCode" -> System.identityHashCode(proxy);
                default -> "handler of SIG" + name;
            };
            final Object proxy = Proxy.newProxyInstance(handler.getClassLoader(), new Class<?>[] {handler}, run);
            signal.getMethod("handle", signal, handler)
                    .invoke(null, signal.getConstructor(String.class).newInstance(name), proxy);
        } catch (final ReflectiveOperationException e) {
            throw new IllegalStateException("this JVM does not let SIG" + name + " be handled", e);
        }
    }
}
