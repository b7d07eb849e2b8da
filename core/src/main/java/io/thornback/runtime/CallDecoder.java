/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.runtime;

import io.thornback.Yield;
import io.thornback.function.FunctionDescriptor;
import io.thornback.function.FunctionResolver;
import io.thornback.function.Invocable;
import io.thornback.ids.TaskId;
import io.thornback.objectstore.ObjectBuffer;
import io.thornback.serialization.Payload;
import java.lang.reflect.Array;
import java.util.ArrayList;
import java.util.List;
import org.agrona.concurrent.UnsafeBuffer;

/** The worker's end of a call: reads specifications and arguments, writes results. Thread-safe. */
public final class CallDecoder {
    private final ObjectTable objects;

    CallDecoder(final ObjectTable objects) {
        this.objects = objects;
    }

    /**
     * A call that is ready to be made.
     *
     * @param function what is called.
     * @param invocable how.
     * @param arguments values, as the parameters' types want them.
     * @param views of shared memory among the arguments; closed when the call has returned.
     * @param options how the call is to be made.
     */
    @SuppressWarnings("ArrayRecordComponent") // compared by nobody; the bytes are handed on
    public record ReadyCall(
            FunctionDescriptor function,
            Invocable invocable,
            Object[] arguments,
            List<ObjectBuffer> views,
            CallOptions options) {
        /** Whether the last parameter is where a stream's items go: the last of the arguments, which is still null. */
        public boolean yields() {
            return options.window() > 0 && takesYield(invocable.parameterTypes());
        }

        /** Gives the memory back that the arguments were read from. */
        public void release() {
            views.forEach(ObjectBuffer::close);
        }
    }

    /** The specification of a task whose message did not hold it. */
    public byte[] storedSpec(final TaskId task, final String ownerInbox) {
        return (byte[]) objects.stored(
                task.object(TaskId.SPEC_INDEX), new Owner(null, ownerInbox), Limits.STORE_TIMEOUT, byte[].class);
    }

    /**
     * Reads function and arguments.
     *
     * @param receiver the actor, for a call of one: it becomes the first argument. Else null.
     * @param ownerInbox whose call it is: an argument that is lost is made again there.
     * @throws ReflectiveOperationException if the function is not there.
     * @throws RuntimeException if an argument cannot be read.
     */
    public ReadyCall decode(
            final byte[] spec, final FunctionResolver resolver, final Object receiver, final String ownerInbox)
            throws ReflectiveOperationException {
        final CallSpec call = CallSpec.decode(new UnsafeBuffer(spec), 0);
        final Invocable invocable = resolver.resolve(call.function());
        final List<Class<?>> types = invocable.parameterTypes();
        final boolean yields = takesYield(types);
        final int given = call.arguments().size()
                + (receiver == null ? 0 : 1)
                + (yields && call.options().window() > 0 ? 1 : 0);
        if (given != types.size()) {
            throw new IllegalArgumentException(
                    call.function().displayName() + " takes " + types.size() + " arguments, got " + given
                            + (yields ? "; a function that yields is handed over with stream()" : ""));
        }
        final Object[] arguments = new Object[given];
        final List<ObjectBuffer> views = new ArrayList<>();
        final Owner owner = new Owner(null, ownerInbox);
        int next = 0;
        if (receiver != null) {
            arguments[next++] = receiver;
        }
        try {
            for (final Argument argument : call.arguments()) {
                arguments[next] = value(argument, types.get(next), views, owner);
                next++;
            }
        } catch (final RuntimeException e) {
            views.forEach(ObjectBuffer::close);
            throw e;
        }
        return new ReadyCall(call.function(), invocable, arguments, views, call.options());
    }

    private static boolean takesYield(final List<Class<?>> types) {
        return !types.isEmpty() && types.get(types.size() - 1) == Yield.class;
    }

    private Object value(
            final Argument argument, final Class<?> type, final List<ObjectBuffer> views, final Owner owner) {
        if (argument instanceof Argument.Value value) {
            return objects.codec().decode(value.format(), value.bytes());
        }
        if (argument instanceof Argument.Listed list) {
            final List<Object> values = new ArrayList<>(list.items().size());
            for (final Argument item : list.items()) {
                values.add(value(item, Object.class, views, owner));
            }
            return type.isArray() ? values.toArray((Object[]) Array.newInstance(type.getComponentType(), 0)) : values;
        }
        final Object value = objects.stored(((Argument.Stored) argument).id(), owner, Limits.STORE_TIMEOUT, type);
        if (value instanceof ObjectBuffer view) {
            views.add(view);
        }
        return value;
    }

    /** Encodes a result. */
    public Payload encode(final Object value) {
        return objects.codec().encode(value);
    }

    /** Encodes what a task threw. */
    public Payload encodeError(final Throwable error) {
        return objects.codec().encodeError(error);
    }

    /**
     * Puts a result that is too long for a message into the store.
     *
     * @param index of the result; of one that is the only one, 0.
     */
    public void store(final TaskId task, final int index, final Payload payload) {
        objects.write(task.object(TaskId.RESULT_INDEX + index), payload);
    }
}
