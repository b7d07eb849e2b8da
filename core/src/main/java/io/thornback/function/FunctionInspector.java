/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.function;

import java.io.Serializable;
import java.lang.invoke.MethodHandleInfo;
import java.lang.invoke.SerializedLambda;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;

/** Finds out what a lambda or method reference calls. Thread-safe; the answer is kept with the lambda's class. */
public final class FunctionInspector {
    private static final ClassValue<Holder> HOLDERS = new ClassValue<>() {
        @Override
        protected Holder computeValue(final Class<?> type) {
            return new Holder();
        }
    };

    private FunctionInspector() {}

    /**
     * @param function an instance of a serializable functional interface.
     * @throws IllegalArgumentException if it captures a value, is bound to an object, or is not a lambda; says what to do.
     */
    public static FunctionDescriptor describe(final Serializable function) {
        return known(function).descriptor();
    }

    /** {@link FunctionDescriptor#displayName()} of {@link #describe}, always the same string. */
    public static String nameOf(final Serializable function) {
        return known(function).name();
    }

    private static Described known(final Serializable function) {
        final Holder holder = HOLDERS.get(function.getClass());
        Described described = holder.described;
        if (described == null) {
            final FunctionDescriptor descriptor = inspect(function);
            described = new Described(descriptor, descriptor.displayName());
            holder.described = described;
        }
        return described;
    }

    private record Described(FunctionDescriptor descriptor, String name) {}

    private static FunctionDescriptor inspect(final Serializable function) {
        final SerializedLambda lambda = serializedForm(function);
        final FunctionDescriptor descriptor = new FunctionDescriptor(
                lambda.getImplClass().replace('/', '.'),
                lambda.getImplMethodName(),
                lambda.getImplMethodSignature(),
                lambda.getImplMethodKind());
        if (lambda.getCapturedArgCount() > 0) {
            throw new IllegalArgumentException(captureMessage(lambda, descriptor));
        }
        return descriptor;
    }

    private static String captureMessage(final SerializedLambda lambda, final FunctionDescriptor descriptor) {
        final Object first = lambda.getCapturedArg(0);
        final String type = first == null ? "null" : first.getClass().getName();
        final boolean lambdaBody = descriptor.method().startsWith("lambda$");
        final boolean bound = !lambdaBody && descriptor.kind() != MethodHandleInfo.REF_invokeStatic;
        if (bound) {
            return descriptor.displayName() + " is bound to an object of " + type
                    + "; name the method by its class and pass the object as the first argument, or make it an actor";
        }
        return "the lambda in " + descriptor.className() + " captures " + lambda.getCapturedArgCount()
                + (lambda.getCapturedArgCount() == 1 ? " value (" : " values (the first: ") + type
                + "); pass it as an argument";
    }

    private static SerializedLambda serializedForm(final Serializable function) {
        final String what = function.getClass().getName();
        try {
            final Method writeReplace = function.getClass().getDeclaredMethod("writeReplace");
            writeReplace.setAccessible(true);
            if (writeReplace.invoke(function) instanceof SerializedLambda lambda) {
                return lambda;
            }
        } catch (final NoSuchMethodException e) {
            throw notALambda(what, e);
        } catch (final IllegalAccessException | InvocationTargetException e) {
            throw new IllegalArgumentException("cannot look into " + what + ": " + e, e);
        }
        throw notALambda(what, null);
    }

    private static IllegalArgumentException notALambda(final String what, final Throwable cause) {
        return new IllegalArgumentException(
                what + " is an object of a class; pass a method reference or a lambda, which can be named", cause);
    }

    /** Written by whoever looks first; all writers write the same value, so the race is benign. */
    private static final class Holder {
        private volatile Described described;
    }
}
