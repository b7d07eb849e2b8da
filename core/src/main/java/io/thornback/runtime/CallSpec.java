/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.runtime;

import io.thornback.function.FunctionDescriptor;
import io.thornback.objectstore.ObjectId;
import io.thornback.transport.wire.MessageShapes;
import io.thornback.transport.wire.TaskSpecDecoder;
import io.thornback.transport.wire.TaskSpecEncoder;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.agrona.DirectBuffer;
import org.agrona.ExpandableArrayBuffer;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * What to call with what; the {@code TaskSpec} message without its header.
 *
 * @param function what to call.
 * @param arguments when encoded: no {@link Argument.Reference} is pending.
 * @param options for whoever makes the call.
 */
record CallSpec(FunctionDescriptor function, List<Argument> arguments, CallOptions options) {
    private static final short VALUE = 0;
    private static final short STORED = 1;
    private static final short LIST = 2;
    private static final byte[] NOTHING = new byte[0];

    /** The bytes of the message's body. */
    byte[] encode() {
        final ExpandableArrayBuffer buffer = new ExpandableArrayBuffer(512);
        final TaskSpecEncoder encoder = new TaskSpecEncoder().wrap(buffer, 0);
        int count = arguments.size();
        for (final Argument argument : arguments) {
            count += argument instanceof Argument.Listed list ? list.items().size() : 0;
        }
        if (count > Limits.MAX_ARGUMENTS) {
            throw new IllegalArgumentException("the call has arguments=" + count + ", limit=" + Limits.MAX_ARGUMENTS
                    + "; gather them in several tasks, or put a list of the references");
        }
        encoder.returns(options.returns()).window(options.window());
        final TaskSpecEncoder.ArgumentsEncoder group = encoder.argumentsCount(count);
        for (final Argument argument : arguments) {
            encode(group.next(), argument);
            if (argument instanceof Argument.Listed list) {
                list.items().forEach(item -> encode(group.next(), item));
            }
        }
        final TaskSpecEncoder.ResourcesEncoder resources =
                encoder.resourcesCount(options.resources().size());
        options.resources()
                .forEach((name, units) -> resources.next().amount(units).name(name));
        final TaskSpecEncoder.RetryOnEncoder retryOn =
                encoder.retryOnCount(options.retryOn().size());
        options.retryOn().forEach(type -> retryOn.next().className(type));
        encoder.implementationClass(function.className())
                .method(function.kind() + ":" + function.method())
                .signature(function.signature());
        final byte[] bytes = new byte[encoder.encodedLength()];
        buffer.getBytes(0, bytes);
        return bytes;
    }

    private static void encode(final TaskSpecEncoder.ArgumentsEncoder out, final Argument argument) {
        if (argument instanceof Argument.Value value) {
            put(out, VALUE, value.format(), value.bytes());
        } else if (argument instanceof Argument.Stored stored) {
            putStored(out, stored.id());
        } else if (argument instanceof Argument.Reference reference) {
            final ObjectEntry entry = reference.entry();
            if (entry.bytes() != null) {
                put(out, VALUE, entry.format(), entry.bytes());
            } else {
                putStored(out, entry.id);
            }
        } else if (argument instanceof Argument.Listed list) {
            out.form(LIST).format((short) 0).items(list.items().size());
            out.putValue(NOTHING, 0, 0);
        }
    }

    private static void put(
            final TaskSpecEncoder.ArgumentsEncoder out, final short form, final int format, final byte[] bytes) {
        out.form(form).format((short) format).items(0);
        out.putValue(bytes, 0, bytes.length);
    }

    private static void putStored(final TaskSpecEncoder.ArgumentsEncoder out, final ObjectId id) {
        final UnsafeBuffer bytes = new UnsafeBuffer(new byte[ObjectId.LENGTH_BYTES]);
        id.putInto(bytes, 0);
        out.form(STORED).format((short) 0).items(0).putObjectId(bytes, 0, ObjectId.LENGTH_BYTES);
        out.putValue(NOTHING, 0, 0);
    }

    /**
     * Reads what {@link #encode} wrote, up to the end of the buffer.
     *
     * @throws IllegalArgumentException for anything else.
     */
    static CallSpec decode(final DirectBuffer buffer, final int offset) {
        final int length = buffer.capacity() - offset;
        if (!MessageShapes.isWholeBody(TaskSpecDecoder.TEMPLATE_ID, buffer, offset, length)) {
            throw new IllegalArgumentException(
                    "a task's specification of length=" + length + " has length fields that lead out of it");
        }
        final TaskSpecDecoder decoder = new TaskSpecDecoder()
                .wrap(buffer, offset, TaskSpecDecoder.BLOCK_LENGTH, TaskSpecDecoder.SCHEMA_VERSION);
        final int returns = decoder.returns();
        final int window = decoder.window();
        final TaskSpecDecoder.ArgumentsDecoder group = decoder.arguments();
        final List<Argument> arguments = new ArrayList<>();
        while (group.hasNext()) {
            arguments.add(next(group, false));
        }
        final Map<String, Long> resources = new TreeMap<>();
        for (final TaskSpecDecoder.ResourcesDecoder resource : decoder.resources()) {
            final long units = resource.amount();
            resources.put(resource.name(), units);
        }
        final List<String> retryOn = new ArrayList<>();
        decoder.retryOn().forEachRemaining(type -> retryOn.add(type.className()));
        final String className = decoder.implementationClass();
        final String method = decoder.method();
        final String signature = decoder.signature();
        return new CallSpec(
                function(className, method, signature),
                arguments,
                new CallOptions(returns, window, resources, retryOn));
    }

    private static FunctionDescriptor function(
            final String className, final String kindAndMethod, final String signature) {
        final int colon = kindAndMethod.indexOf(':');
        if (colon < 0) {
            throw new IllegalArgumentException(
                    "method '" + kindAndMethod + "' of a task's specification does not begin with a kind and a colon");
        }
        final int kind = Integer.parseInt(kindAndMethod, 0, colon, 10);
        return new FunctionDescriptor(className, kindAndMethod.substring(colon + 1), signature, kind);
    }

    /** Lists have one level: what is in one is a value or an object. */
    private static Argument next(final TaskSpecDecoder.ArgumentsDecoder group, final boolean inList) {
        final TaskSpecDecoder.ArgumentsDecoder in = group.next();
        final short form = in.form();
        final short format = in.format();
        final int items = in.items();
        final byte[] id = new byte[ObjectId.LENGTH_BYTES];
        in.getObjectId(id, 0, id.length);
        final byte[] value = new byte[in.valueLength()];
        in.getValue(value, 0, value.length);
        if (form == LIST && inList) {
            throw new IllegalArgumentException("a list within a list in a task's specification");
        }
        return switch (form) {
            case VALUE -> new Argument.Value(format, value);
            case STORED -> new Argument.Stored(ObjectId.of(new UnsafeBuffer(id), 0));
            case LIST -> listed(group, items);
            default -> throw new IllegalArgumentException("unknown form of argument " + form);
        };
    }

    private static Argument listed(final TaskSpecDecoder.ArgumentsDecoder group, final int items) {
        final List<Argument> list = new ArrayList<>();
        while (list.size() != items && group.hasNext()) {
            list.add(next(group, true));
        }
        if (list.size() != items) {
            throw new IllegalArgumentException("a list of items=" + items
                    + " in a task's specification, which has only " + list.size() + " more arguments");
        }
        return new Argument.Listed(list);
    }
}
