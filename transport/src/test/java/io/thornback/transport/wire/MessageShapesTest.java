/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.transport.wire;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.agrona.ExpandableArrayBuffer;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.Test;

class MessageShapesTest {
    private static final ByteOrder ORDER = ByteOrder.LITTLE_ENDIAN;
    private static final int BEFORE = 8;

    private final Random random = new Random(20261126);
    private final UnsafeBuffer buffer = new UnsafeBuffer(new byte[1 << 16]);
    /** Where the message at hand has lengths of texts, and dimensions of groups. */
    private final List<Integer> lengthsAt = new ArrayList<>();

    private final List<Integer> dimensionsAt = new ArrayList<>();
    private final SchemaFile schema;

    MessageShapesTest() throws Exception {
        schema = new SchemaFile();
    }

    @Test
    void theTableSaysWhatTheSchemaSays() {
        for (int templateId = 0; templateId < 1 << 16; templateId++) {
            final SchemaFile.Part message = schema.messages.get(templateId);
            final MessageShape shape = MessageShapes.shapeOf(templateId);
            assertEquals(message == null, shape == null, "template " + templateId);
            if (message != null) {
                assertSame(message, shape, message.name());
            }
        }
    }

    private static void assertSame(SchemaFile.Part part, MessageShape shape, String path) {
        assertEquals(part.blockLength(), shape.blockLength, path);
        assertEquals(part.texts().size(), shape.texts, path);
        assertEquals(part.groups().size(), shape.groups.length, path);
        for (int i = 0; i < shape.groups.length; i++) {
            final SchemaFile.Part group = part.groups().get(i);
            assertSame(group, shape.groups[i], path + "." + group.name());
            assertTrue(group.blockLength() + group.texts().size() > 0, path + ": elements that take no room");
        }
    }

    @Test
    void hellosHaveVersionAndInboxAtTheSamePlace() {
        for (Map.Entry<Integer, SchemaFile.Part> each : schema.messages.entrySet()) {
            final boolean isHello = Set.of("StoreHello", "DriverHello", "WorkerHello")
                    .contains(each.getValue().name());
            if (isHello) {
                assertEquals(
                        DriverHelloDecoder.schemaVersionEncodingOffset(),
                        each.getValue().fields().get("schemaVersion"));
                assertEquals("inbox", each.getValue().texts().get(0));
                assertTrue(each.getValue().groups().isEmpty());
            }
            final int length = write(each.getKey(), each.getValue(), 2, 9);
            buffer.putInt(BEFORE + MessageHeaders.LENGTH + DriverHelloDecoder.schemaVersionEncodingOffset(), 99, ORDER);
            buffer.putShort(BEFORE + 6, (short) 99, ORDER);
            assertEquals(isHello, isWhole(length), each.getValue().name());
        }
    }

    @Test
    void ofAHelloInAnotherVersionTheInboxMustBeThere() {
        final int templateId = DriverHelloDecoder.TEMPLATE_ID;
        write(templateId, schema.messages.get(templateId), 0, 9);
        final int version = BEFORE + MessageHeaders.LENGTH + DriverHelloDecoder.schemaVersionEncodingOffset();
        buffer.putInt(version, 99, ORDER);
        final int shortest = MessageHeaders.LENGTH + DriverHelloDecoder.BLOCK_LENGTH + Integer.BYTES + 9;
        assertTrue(isWhole(shortest), "the rest may be anywhere, and is not read");
        assertFalse(isWhole(shortest - 1));
        buffer.putInt(version, WireVersion.SCHEMA, ORDER);
        assertFalse(isWhole(shortest), "of this version all is read");
        buffer.putInt(version, 99, ORDER);
        buffer.putShort(BEFORE, (short) (DriverHelloDecoder.BLOCK_LENGTH - 1), ORDER);
        assertFalse(isWhole(shortest));
        buffer.putShort(BEFORE, (short) 0xFFFF, ORDER);
        assertFalse(isWhole(shortest));
    }

    @Test
    void everyMessageIsWholeAndNoPartOfItIs() {
        schema.messages.forEach((templateId, message) -> {
            for (int count = 0; count < 4; count++) {
                final int length = write(templateId, message, count, 5);
                assertTrue(isWhole(length), message.name());
                assertTrue(isWhole(length + 3), message.name() + " with bytes left over");
                for (int shorter = 0; shorter < length; shorter++) {
                    assertFalse(isWhole(shorter), message.name() + " of length=" + length + " cut at " + shorter);
                }
            }
        });
    }

    @Test
    void aLengthThatLiesIsSeenWhereverItStands() {
        schema.messages.forEach((templateId, message) -> {
            final int length = write(templateId, message, 2, 5);
            final int rest = BEFORE + length;
            for (int at : lengthsAt) {
                for (int lie : new int[] {rest - at - 3, 1 << 30, Integer.MAX_VALUE, -1, Integer.MIN_VALUE}) {
                    final int truth = buffer.getInt(at, ORDER);
                    buffer.putInt(at, lie, ORDER);
                    assertFalse(isWhole(length), message.name() + " length at " + at + "=" + lie);
                    buffer.putInt(at, truth, ORDER);
                }
            }
            for (int at : dimensionsAt) {
                final int truth = buffer.getInt(at, ORDER);
                for (int lie : new int[] {truth | 0xFFFF << 16, truth + 1, truth ^ 0x8000, -1}) {
                    buffer.putInt(at, lie, ORDER);
                    assertFalse(isWhole(length), message.name() + " dimensions at " + at + "=" + lie);
                }
                buffer.putInt(at, truth, ORDER);
            }
            assertTrue(isWhole(length));
        });
    }

    @Test
    void aHeaderThatIsNotThisVersionsIsRefused() {
        final int templateId = TaskResultDecoder.TEMPLATE_ID;
        final int length = write(templateId, schema.messages.get(templateId), 0, 5);
        for (int at : new int[] {BEFORE, BEFORE + 4, BEFORE + 6}) {
            final short truth = buffer.getShort(at, ORDER);
            buffer.putShort(at, (short) (truth + 1), ORDER);
            assertFalse(isWhole(length));
            buffer.putShort(at, truth, ORDER);
        }
        assertTrue(isWhole(length));
    }

    @Test
    void whatTheGeneratedEncodersWriteIsWhole() {
        final ExpandableArrayBuffer out = new ExpandableArrayBuffer();
        final SubmitTaskEncoder submit =
                new SubmitTaskEncoder().wrapAndApplyHeader(out, BEFORE, new MessageHeaderEncoder());
        submit.resourcesCount(2).next().name("CPU").next().name("accelerator");
        submit.labelsCount(1).next().key("zone").values("a,b");
        submit.name("n").actorName("").putSpec(new byte[100], 0, 100);
        submit.putActorOptions(new byte[0], 0, 0).environment("v=A=1");
        final int length = MessageHeaders.LENGTH + submit.encodedLength();
        assertTrue(MessageShapes.isWhole(out, BEFORE, length));
        assertFalse(MessageShapes.isWhole(out, BEFORE, length - 1));
    }

    @Test
    void aBodyWithoutHeaderIsHeldToTheSame() {
        final int templateId = ActorOptionsDecoder.TEMPLATE_ID;
        final int length = write(templateId, schema.messages.get(templateId), 2, 5) - MessageHeaders.LENGTH;
        final int begin = BEFORE + MessageHeaders.LENGTH;
        assertTrue(MessageShapes.isWholeBody(templateId, buffer, begin, length));
        for (int shorter = 0; shorter < length; shorter++) {
            assertFalse(MessageShapes.isWholeBody(templateId, buffer, begin, shorter));
        }
        assertThrows(IllegalArgumentException.class, () -> MessageShapes.isWholeBody(7, buffer, begin, length));
    }

    @Test
    void aMessageThatTheSchemaDoesNotHaveIsItsReceiversToRefuse() {
        MessageHeaders.write(buffer, BEFORE, 4, 65_535);
        assertTrue(isWhole(MessageHeaders.LENGTH));
        assertFalse(isWhole(MessageHeaders.LENGTH - 1));
    }

    private boolean isWhole(int length) {
        return MessageShapes.isWhole(buffer, BEFORE, length);
    }

    /** Writes a message of this shape, with so many elements in each group and texts of this length; what surrounds it is noise. */
    private int write(int templateId, SchemaFile.Part message, int count, int textLength) {
        assertNotNull(message);
        final byte[] noise = new byte[buffer.capacity()];
        random.nextBytes(noise);
        buffer.putBytes(0, noise);
        lengthsAt.clear();
        dimensionsAt.clear();
        MessageHeaders.write(buffer, BEFORE, message.blockLength(), templateId);
        if (Set.of("StoreHello", "DriverHello", "WorkerHello").contains(message.name())) {
            buffer.putInt(
                    BEFORE + MessageHeaders.LENGTH + message.fields().get("schemaVersion"), WireVersion.SCHEMA, ORDER);
        }
        return writeParts(message, BEFORE + MessageHeaders.LENGTH, count, textLength) - BEFORE;
    }

    private int writeParts(SchemaFile.Part part, int begin, int count, int textLength) {
        int at = begin + part.blockLength();
        for (SchemaFile.Part group : part.groups()) {
            dimensionsAt.add(at);
            buffer.putInt(at, count << 16 | group.blockLength(), ORDER);
            at += Integer.BYTES;
            for (int i = 0; i < count; i++) {
                at = writeParts(group, at, count, textLength);
            }
        }
        for (int i = 0; i < part.texts().size(); i++) {
            lengthsAt.add(at);
            buffer.putInt(at, textLength, ORDER);
            at += Integer.BYTES + textLength;
        }
        return at;
    }
}
