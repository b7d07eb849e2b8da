/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.function;

import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandleInfo;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** Turns descriptors into things to call, with the classes of one job. Thread-safe. */
public final class FunctionResolver {
    private final ClassLoader loader;
    private final Map<FunctionDescriptor, Invocable> resolved = new ConcurrentHashMap<>();

    /** @param loader finds the job's classes. */
    public FunctionResolver(final ClassLoader loader) {
        this.loader = loader;
    }

    /** Finds the job's classes. */
    public ClassLoader loader() {
        return loader;
    }

    /**
     * @throws ReflectiveOperationException if class or method is not there, or may not be called; the message names both.
     */
    public Invocable resolve(final FunctionDescriptor descriptor) throws ReflectiveOperationException {
        final Invocable known = resolved.get(descriptor);
        if (known != null) {
            return known;
        }
        final MethodHandle handle = find(descriptor).asFixedArity();
        final List<Class<?>> parameters = List.copyOf(handle.type().parameterList());
        final MethodHandle spread = handle.asType(handle.type().generic())
                .asSpreader(Object[].class, parameters.size())
                .asType(MethodType.methodType(Object.class, Object[].class));
        final Invocable invocable = new Invocable(spread, parameters);
        resolved.put(descriptor, invocable);
        return invocable;
    }

    private MethodHandle find(final FunctionDescriptor descriptor) throws ReflectiveOperationException {
        final Class<?> owner;
        try {
            owner = Class.forName(descriptor.className(), true, loader);
        } catch (final ClassNotFoundException e) {
            throw new ClassNotFoundException(
                    descriptor.className() + " is not on the job's class path as the driver gave it", e);
        }
        final MethodType type = MethodType.fromMethodDescriptorString(descriptor.signature(), loader);
        final MethodHandles.Lookup lookup = lookupIn(owner);
        return switch (descriptor.kind()) {
            case MethodHandleInfo.REF_invokeStatic -> lookup.findStatic(owner, descriptor.method(), type);
            case MethodHandleInfo.REF_newInvokeSpecial ->
                lookup.findConstructor(owner, type.changeReturnType(void.class));
            case MethodHandleInfo.REF_invokeSpecial -> lookup.findSpecial(owner, descriptor.method(), type, owner);
            default -> lookup.findVirtual(owner, descriptor.method(), type);
        };
    }

    private static MethodHandles.Lookup lookupIn(final Class<?> owner) {
        try {
            return MethodHandles.privateLookupIn(owner, MethodHandles.lookup());
        } catch (final IllegalAccessException e) {
            // A class of a named module that is not open to us, such as String: its public methods will do.
            return MethodHandles.publicLookup();
        }
    }
}
