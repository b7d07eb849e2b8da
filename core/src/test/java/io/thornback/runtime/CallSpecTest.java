/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.runtime;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.thornback.function.FunctionDescriptor;
import io.thornback.transport.wire.TaskSpecEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.agrona.ExpandableArrayBuffer;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.Test;

class CallSpecTest {
    private static final Argument.Value VALUE = new Argument.Value(3, "value".getBytes(StandardCharsets.UTF_8));

    private static final CallSpec SPEC = new CallSpec(
            new FunctionDescriptor("org.example.Words", "count", "(Ljava/util/List;I)I", 6),
            List.of(new Argument.Listed(List.of(VALUE, VALUE)), VALUE),
            new CallOptions(2, 0, Map.of("CPU", 10_000L), List.of("java.io.IOException")));

    private static CallSpec decode(final byte[] bytes) {
        return CallSpec.decode(new UnsafeBuffer(bytes), 0);
    }

    private static void assertRefused(final String why, final byte[] bytes) {
        final IllegalArgumentException e = assertThrows(IllegalArgumentException.class, () -> decode(bytes));
        assertTrue(e.getMessage().contains(why), e.getMessage());
    }

    @Test
    void whatWasWrittenIsRead() {
        final CallSpec read = decode(SPEC.encode());
        assertEquals(SPEC.function(), read.function());
        assertEquals(SPEC.options(), read.options());
        assertEquals(2, read.arguments().size());
        final List<Argument> items =
                assertInstanceOf(Argument.Listed.class, read.arguments().get(0)).items();
        assertEquals(2, items.size());
        for (final Argument value :
                List.of(items.get(0), items.get(1), read.arguments().get(1))) {
            assertArrayEquals(
                    VALUE.bytes(), assertInstanceOf(Argument.Value.class, value).bytes());
        }
    }

    /** Read as what they say, a list of a list of a list…, these would take a stack frame each. */
    @Test
    void aListWithinAListIsRefused() {
        assertRefused("a list within a list", lists(60_000, 1));
        assertEquals(2, decode(lists(2, 0)).arguments().size());
    }

    @Test
    void aListOfMoreThanThereIsIsRefused() {
        assertRefused("a list of items=2147483647", lists(1, Integer.MAX_VALUE));
        assertRefused("a list of items=-1", lists(1, -1));
    }

    /** So many lists of so many items each, one behind the other. */
    private static byte[] lists(final int count, final int items) {
        return spec(count, 2, items, "6:count");
    }

    private static byte[] spec(final int arguments, final int form, final int items, final String method) {
        final ExpandableArrayBuffer buffer = new ExpandableArrayBuffer();
        final TaskSpecEncoder out =
                new TaskSpecEncoder().wrap(buffer, 0).returns(0).window(0);
        final TaskSpecEncoder.ArgumentsEncoder group = out.argumentsCount(arguments);
        for (int i = 0; i < arguments; i++) {
            group.next().form((short) form).format((short) 0).items(items).putValue(new byte[0], 0, 0);
        }
        out.resourcesCount(0);
        out.retryOnCount(0);
        out.implementationClass("org.example.Words").method(method).signature("()V");
        final byte[] bytes = new byte[out.encodedLength()];
        buffer.getBytes(0, bytes);
        return bytes;
    }

    @Test
    void aFormThatThereIsNotIsRefused() {
        assertRefused("unknown form of argument 3", spec(1, 3, 0, "6:count"));
    }

    @Test
    void aMethodWithoutItsKindIsRefused() {
        assertRefused("method 'count'", spec(0, 0, 0, "count"));
        assertRefused("\"\"", spec(0, 0, 0, ":count"));
        assertRefused("x6", spec(0, 0, 0, "x6:count"));
    }

    @Test
    void whatIsCutOffIsRefused() {
        final byte[] whole = SPEC.encode();
        for (int length = 0; length < whole.length; length++) {
            assertRefused("length fields that lead out of it", Arrays.copyOf(whole, length));
        }
    }
}
