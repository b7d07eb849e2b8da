/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.transport.wire;

import io.thornback.fuzz.FuzzTarget;
import java.io.IOException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.agrona.DirectBuffer;
import org.agrona.MutableDirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;

/** Every message of the schema: what {@link MessageShapes} lets pass is read whole by the generated decoder, and nothing but a value that an enum does not have is found wrong. */
public final class WireTargets {
    private static final Path SCHEMA = Path.of("..", "transport", "src", "main", "sbe", "thornback.xml");
    private static final Pattern MESSAGE = Pattern.compile("<sbe:message name=\"(\\w+)\" id=\"(\\d+)\"");
    private static final int WEIGHT = 30;
    private static final int[] COUNTS = {0, 1, 3};
    private static final byte[] TEXT = {'a', '=', 'b', ','};

    private WireTargets() {}

    /** One for each message. */
    public static List<FuzzTarget> all() throws IOException, ReflectiveOperationException {
        final List<FuzzTarget> targets = new ArrayList<>();
        final Matcher messages = MESSAGE.matcher(Files.readString(SCHEMA));
        while (messages.find()) {
            targets.add(target(messages.group(1), Integer.parseInt(messages.group(2))));
        }
        return targets;
    }

    private static FuzzTarget target(final String name, final int templateId) throws ReflectiveOperationException {
        final Class<?> decoder = Class.forName(WireTargets.class.getPackageName() + "." + name + "Decoder");
        final Method wrap =
                decoder.getMethod("wrapAndApplyHeader", DirectBuffer.class, int.class, MessageHeaderDecoder.class);
        return FuzzTarget.of("message " + name, messages(templateId), input -> {
                    final UnsafeBuffer buffer = new UnsafeBuffer(input);
                    if (isWhole(buffer, templateId) && !isForeign(name, buffer)) {
                        readAll(wrap, decoder.getConstructor().newInstance(), buffer);
                    }
                })
                .failingWith(IllegalArgumentException.class)
                .covering(MessageShape.class, MessageShapes.class)
                .weighing(WEIGHT);
    }

    /** Whether a reader of this message would be given it. */
    public static boolean isWhole(final DirectBuffer message, final int templateId) {
        return MessageShapes.isWhole(message, 0, message.capacity())
                && MessageHeaders.templateId(message, 0) == templateId;
    }

    private static boolean isForeign(final String name, final DirectBuffer buffer) {
        return name.matches("(Store|Driver|Worker)Hello")
                && buffer.getInt(
                                MessageHeaders.LENGTH + DriverHelloDecoder.schemaVersionEncodingOffset(),
                                ByteOrder.LITTLE_ENDIAN)
                        != WireVersion.SCHEMA;
    }

    /** The text of a decoder has every field in it. */
    private static void readAll(final Method wrap, final Object decoder, final DirectBuffer buffer) throws Exception {
        try {
            wrap.invoke(decoder, buffer, 0, new MessageHeaderDecoder());
            if (decoder.toString().isEmpty()) {
                throw new AssertionError("nothing was read");
            }
        } catch (final InvocationTargetException e) {
            if (e.getCause() instanceof Exception cause) {
                throw cause;
            }
            throw e;
        }
    }

    /** Valid messages with few and with more elements in their groups; none if the schema does not have them. */
    public static List<byte[]> messages(final int templateId) {
        final List<byte[]> messages = new ArrayList<>();
        final MessageShape shape = MessageShapes.shapeOf(templateId);
        if (shape == null) {
            return messages;
        }
        for (final int count : COUNTS) {
            final UnsafeBuffer buffer = new UnsafeBuffer(new byte[1 << 14]);
            MessageHeaders.write(buffer, 0, shape.blockLength, templateId);
            final int end = write(shape, buffer, MessageHeaders.LENGTH, count);
            final int version = MessageHeaders.LENGTH + DriverHelloDecoder.schemaVersionEncodingOffset();
            if (templateId == StoreHelloDecoder.TEMPLATE_ID
                    || templateId == DriverHelloDecoder.TEMPLATE_ID
                    || templateId == WorkerHelloDecoder.TEMPLATE_ID) {
                buffer.putInt(version, WireVersion.SCHEMA, ByteOrder.LITTLE_ENDIAN);
            }
            messages.add(Arrays.copyOf(buffer.byteArray(), end));
        }
        return messages;
    }

    /** All bytes of blocks are 1, which every enum of the schema has. */
    private static int write(
            final MessageShape shape, final MutableDirectBuffer out, final int begin, final int count) {
        out.setMemory(begin, shape.blockLength, (byte) 1);
        int at = begin + shape.blockLength;
        for (final MessageShape group : shape.groups) {
            out.putInt(at, count << Short.SIZE | group.blockLength, ByteOrder.LITTLE_ENDIAN);
            at += Integer.BYTES;
            for (int i = 0; i < count; i++) {
                at = write(group, out, at, count);
            }
        }
        for (int i = 0; i < shape.texts; i++) {
            final int length = count == 0 ? 0 : TEXT.length;
            out.putInt(at, length, ByteOrder.LITTLE_ENDIAN);
            out.putBytes(at + Integer.BYTES, TEXT, 0, length);
            at += Integer.BYTES + length;
        }
        return at;
    }
}
