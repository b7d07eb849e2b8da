/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.serialization;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.thornback.ThornbackException;
import java.io.Serializable;
import java.math.BigDecimal;
import java.nio.ByteBuffer;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.IntUnaryOperator;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** What of a user's values survives the way to another process: written and read by codecs that share nothing. */
class ValuesTest {
    private static final ClassLoader LOADER = ValuesTest.class.getClassLoader();

    private final ValueCodec writer = new ValueCodec(LOADER, List.of(), ClassFilter.ANY);
    private final ValueCodec reader = new ValueCodec(LOADER, List.of(), ClassFilter.ANY);

    enum Colour {
        RED,
        GREEN {
            @Override
            String says() {
                return "leaf";
            }
        };

        String says() {
            return name();
        }
    }

    sealed interface Shape permits Circle, Group {}

    record Circle(double radius, Colour colour) implements Shape {}

    record Group(List<Shape> parts, Map<Colour, Integer> count) implements Shape {}

    record Pair<A, B>(A first, B second) {}

    @SuppressWarnings("ArrayRecordComponent") // arrays are what it is about
    record Dated(LocalDate day, BigDecimal amount, Optional<String> note, Colour[] colours) {}

    interface Label {}

    enum Unit implements Label {
        GRAM,
        KILO
    }

    record Labelled(Label label, Object object, Comparable<Unit> comparable, List<Object> listed) {}

    interface Operation extends IntUnaryOperator, Serializable {}

    record Job(String name, Operation operation) {}

    static final class Node {
        private final String name;
        private final List<Node> next = new ArrayList<>();

        Node(final String name) {
            this.name = name;
        }
    }

    @SuppressWarnings("ArrayRecordComponent") // arrays are what it is about
    record Arrays2(double[] doubles, int[] ints, long[] small, byte[] bytes, double[] same, List<float[]> listed) {}

    record Held(ByteBuffer bytes, String name) {}

    /** Cannot be written: it has a thread. */
    static final class Unsendable extends RuntimeException {
        private static final long serialVersionUID = 1L;
        private final transient Object kept;
        private final Thread thread = Thread.currentThread();

        Unsendable(final String message, final Object kept) {
            super(message);
            this.kept = kept;
        }

        Object kept() {
            return kept == null ? thread : kept;
        }
    }

    static final class Rude extends RuntimeException {
        private static final long serialVersionUID = 1L;

        @Override
        public String getMessage() {
            throw new IllegalStateException("asked too much");
        }
    }

    @Test
    void enumsInFieldsOfAnotherDeclaredTypeAreReadAsWhatTheyAre() {
        for (int i = 0; i < 3; i++) {
            for (final Colour colour : Colour.values()) {
                final Labelled value = new Labelled(Unit.KILO, colour, Unit.GRAM, List.of(colour, "x", Unit.KILO));
                assertEquals(value, copy(value));
            }
            assertSame(Object.class, copy(new Object()).getClass());
        }
    }

    private Object copy(final Object value) {
        final Payload payload = writer.encode(value);
        return reader.decode(payload.format(), payload.toByteArray());
    }

    @Test
    void recordsEnumsAndGenerics() {
        final Shape shape = new Group(
                List.of(new Circle(1.5, Colour.GREEN), new Group(List.of(), new EnumMap<>(Colour.class))),
                new TreeMap<>(Map.of(Colour.RED, 1, Colour.GREEN, 2)));
        assertEquals(shape, copy(shape));
        assertSame(Colour.GREEN, copy(Colour.GREEN));
        assertEquals("leaf", ((Colour) copy(Colour.GREEN)).says());
        assertEquals(new Pair<>(2L, Colour.RED), copy(new Pair<>(2L, Colour.RED)));
        final Pair<Pair<String, Integer>, List<Pair<Long, Shape>>> pair =
                new Pair<>(new Pair<>("a", 1), List.of(new Pair<>(2L, new Circle(1, Colour.RED))));
        assertEquals(pair, copy(pair));
        final Dated dated =
                new Dated(LocalDate.of(2024, 2, 29), new BigDecimal("1.10"), Optional.of("x"), Colour.values());
        final Dated back = (Dated) copy(dated);
        assertEquals(dated.day(), back.day());
        assertEquals(dated.amount(), back.amount());
        assertEquals(dated.note(), back.note());
        assertArrayEquals(dated.colours(), back.colours());
    }

    @Test
    void lambdasInFieldsWithWhatTheyCapture() {
        final int captured = Integer.parseInt("40");
        final Job job = (Job) copy(new Job("adds", x -> x + captured));
        assertEquals(42, job.operation().applyAsInt(2));
        final Job reference = (Job) copy(new Job("negates", Math::negateExact));
        assertEquals(-2, reference.operation().applyAsInt(2));
    }

    @Test
    void graphsWithCyclesKeepTheirShape() {
        final Node a = new Node("a");
        final Node b = new Node("b");
        a.next.add(b);
        a.next.add(a);
        b.next.add(a);
        final Node copy = (Node) copy(a);
        assertNotSame(a, copy);
        assertEquals("a", copy.name);
        assertSame(copy, copy.next.get(1));
        assertSame(copy, copy.next.get(0).next.get(0));
        assertEquals("b", copy.next.get(0).name);
    }

    @Test
    void largeArraysOfAGraphStandBehindIt() {
        final double[] doubles = IntStream.range(0, 10_000).asDoubleStream().toArray();
        final int[] ints = IntStream.range(0, 5_001).toArray();
        final byte[] bytes = new byte[4_099];
        Arrays.fill(bytes, (byte) 7);
        final float[] floats = new float[3_000];
        floats[2_999] = 1.5f;
        final Arrays2 value =
                new Arrays2(doubles, ints, new long[] {1, 2}, bytes, doubles, List.of(floats, new float[] {2}));
        final Payload payload = writer.encode(value);
        assertEquals(Format.GRAPH, payload.format());
        final long parts = 8L * doubles.length + 4L * ints.length + bytes.length + 4L * floats.length;
        assertTrue(
                payload.length() < parts + 600,
                "one array that is there twice is written once: " + payload.length() + " for " + parts);
        final Arrays2 back = (Arrays2) reader.decode(payload.format(), payload.toByteArray());
        assertArrayEquals(doubles, back.doubles());
        assertArrayEquals(ints, back.ints());
        assertArrayEquals(new long[] {1, 2}, back.small());
        assertArrayEquals(bytes, back.bytes());
        assertSame(back.doubles(), back.same());
        assertArrayEquals(floats, back.listed().get(0));
        assertArrayEquals(new float[] {2}, back.listed().get(1));
    }

    @Test
    void byteBuffersComeBackWithTheirBytes() {
        for (final ByteBuffer buffer : List.of(ByteBuffer.allocateDirect(20_000), ByteBuffer.allocate(20_000))) {
            for (int i = 0; i < buffer.capacity(); i++) {
                buffer.put(i, (byte) (i * 31));
            }
            buffer.position(5).limit(19_000);
            final Held back = (Held) copy(new Held(buffer, "x"));
            assertEquals(buffer, back.bytes());
            assertEquals("x", back.name());
            assertEquals(buffer, copy(buffer));
        }
        assertEquals(ByteBuffer.allocate(3), copy(ByteBuffer.allocate(3)));
    }

    @Test
    void damagedLengthsAreSeen() {
        final Payload payload = writer.encode(new Held(ByteBuffer.allocate(9_000), "x"));
        for (final int offset : new int[] {0, 4, 8, 12}) {
            final byte[] bytes = payload.toByteArray();
            bytes[offset + 3] = 0x7F;
            assertThrows(RuntimeException.class, () -> reader.decode(Format.GRAPH, bytes), "at " + offset);
        }
    }

    @Test
    void anErrorThatCannotBeSentArrivesAsText() {
        final Unsendable error = new Unsendable("x".repeat(10_000), null);
        assertTrue(error.kept() instanceof Thread);
        final Payload payload = writer.encodeError(error);
        assertTrue(payload.length() <= 14 * 1024, "length " + payload.length());
        final RemoteError read = reader.decodeError(payload.toByteArray());
        assertEquals(Unsendable.class.getName(), read.className());
        assertTrue(read.message().startsWith("xxx"), read.message());
        assertTrue(read.stackTrace().contains("ValuesTest"), read.stackTrace());
        final RemoteError rude =
                reader.decodeError(writer.encodeError(new Rude()).toByteArray());
        assertTrue(rude.message().contains("cannot be had"), rude.message());
        assertEquals(Rude.class.getName(), rude.className());
    }

    @Test
    void aClassThatIsNotAllowedIsRefusedByNameWhenWrittenAndWhenRead() {
        final ClassFilter filter = ClassFilter.of(List.of(Circle.class.getName(), Colour.class.getName()));
        final ValueCodec strict = new ValueCodec(LOADER, List.of(), filter);
        final Circle allowed = new Circle(2, Colour.GREEN);
        final Payload written = strict.encode(List.of(allowed));
        assertEquals(
                List.of(allowed),
                new ValueCodec(LOADER, List.of(), filter).decode(written.format(), written.toByteArray()));

        final Pair<Circle, String> pair = new Pair<>(allowed, "x");
        final ThornbackException e = assertThrows(ThornbackException.class, () -> strict.encode(List.of(pair)));
        assertEquals(ThornbackException.Code.NOT_SERIALIZABLE, e.code());
        assertTrue(e.getMessage().contains("class " + Pair.class.getName()), e.getMessage());
        assertTrue(e.getMessage().contains("--allow-classes"), e.getMessage());

        final Payload free = writer.encode(List.of(pair));
        final ThornbackException refused =
                assertThrows(ThornbackException.class, () -> strict.decode(free.format(), free.toByteArray()));
        assertTrue(refused.getMessage().contains("class " + Pair.class.getName()), refused.getMessage());
        assertEquals(List.of(allowed), strict.decode(written.format(), written.toByteArray()), "it goes on");
    }

    @Test
    void anErrorWhoseClassIsNotAllowedArrivesAsText() {
        final ValueCodec strict = new ValueCodec(LOADER, List.of(), ClassFilter.of(List.of("com.acme.Order")));
        final RemoteError error =
                strict.decodeError(strict.encodeError(new Rude()).toByteArray());
        assertNull(error.throwable());
        assertInstanceOf(RemoteException.class, error.toThrowable());
        final IllegalStateException ofTheLibrary = new IllegalStateException("y");
        ofTheLibrary.setStackTrace(new StackTraceElement[0]);
        final RemoteError known =
                strict.decodeError(strict.encodeError(ofTheLibrary).toByteArray());
        assertInstanceOf(IllegalStateException.class, known.toThrowable());
    }

    static final class Link implements Serializable {
        private static final long serialVersionUID = 1L;
        private final Link next;

        Link(final Link next) {
            this.next = next;
        }

        Link next() {
            return next;
        }
    }

    @Test
    void whatIsNestedTooDeeplySaysSo() {
        Link chain = null;
        for (int i = 0; i < 1_000_000; i++) {
            chain = new Link(chain);
        }
        final Link deep = chain;
        final ThornbackException e = assertThrows(ThornbackException.class, () -> writer.encode(deep));
        assertTrue(e.getMessage().contains("nested too deeply"), e.getMessage());
        assertEquals(ThornbackException.Code.NOT_SERIALIZABLE, e.code());
        Throwable cause = new IllegalStateException("first");
        for (int i = 0; i < 200_000; i++) {
            cause = new IllegalStateException("next", cause);
        }
        final RemoteError error = reader.decodeError(writer.encodeError(cause).toByteArray());
        assertEquals("next", error.message());
    }
}
