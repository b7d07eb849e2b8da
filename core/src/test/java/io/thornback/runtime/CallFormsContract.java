/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.runtime;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.thornback.ActorRef;
import io.thornback.Arg;
import io.thornback.Fn4;
import io.thornback.Gather;
import io.thornback.ObjectRef;
import io.thornback.TaskException;
import io.thornback.Thornback;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** In how many forms a function and its arguments can be given. */
abstract class CallFormsContract {
    static final Duration LONG = Duration.ofSeconds(30);

    /** Shared by the tests of a class. */
    abstract Thornback connection();

    static int plus(final int a, final int b) {
        return a + b;
    }

    static String joined(
            final String a, final int b, final List<Integer> c, final double d, final boolean e, final String f) {
        return a + b + c + d + e + f;
    }

    static String four(final String a, final String b, final String c, final String d) {
        return a + b + c + d;
    }

    static String five(final String a, final String b, final String c, final String d, final String e) {
        return a + b + c + d + e;
    }

    static void check(final int number) {
        if (number < 0) {
            throw new IllegalStateException("number=" + number + " is negative");
        }
    }

    static void copyInto(final ActorRef<Gauge> gauge, final int a, final int b) {
        gauge.run(Gauge::set, a + b).get(LONG);
    }

    static final class Gauge {
        private int value;

        Gauge(final int start) {
            value = start;
        }

        int add(final int amount) {
            value += amount;
            return value;
        }

        void set(final int newValue) {
            check(newValue);
            value = newValue;
        }

        void clear() {
            value = 0;
        }

        String four(final String a, final int b, final String c) {
            return a + b + c + value;
        }
    }

    @Test
    void takesUpToSixArgumentsOfEachKind() {
        final Thornback tb = connection();
        assertEquals(
                "abcd",
                tb.task(CallFormsContract::four, "a", "b", "c", "d").submit().get(LONG));
        assertEquals(
                "abcde",
                tb.task(CallFormsContract::five, "a", "b", "c", "d", "e")
                        .submit()
                        .get(LONG));
        final ObjectRef<Integer> two = tb.task(CallFormsContract::plus, 1, 1).submit();
        final ObjectRef<String> last = tb.put("z");
        assertEquals(
                "a2[2, 3]0.5truez",
                tb.task(
                                CallFormsContract::joined,
                                Arg.of("a"),
                                two,
                                new Gather<>(List.of(two, tb.put(3))),
                                Arg.of(0.5),
                                Arg.of(true),
                                last)
                        .submit()
                        .get(LONG));
        assertEquals(
                "a2[7]0.5falsez",
                tb.task(CallFormsContract::joined, "a", 2, List.of(7), 0.5, false, "z")
                        .submit()
                        .get(LONG));
        assertEquals(
                "anullb2",
                tb.<String>taskUntyped(
                                (Fn4<String, String, String, Integer, String>) (a, b, c, d) -> a + b + c + d,
                                "a",
                                Arg.of(null),
                                "b",
                                two)
                        .submit()
                        .get(LONG));
    }

    @Test
    void whatHasNoResultTellsThatItHasEndedOrWhatItHasThrown() {
        final Thornback tb = connection();
        assertNull(tb.run(CallFormsContract::check, 1).submit().get(LONG));
        assertNull(tb.run(
                        CallFormsContract::check,
                        tb.task(CallFormsContract::plus, 1, 1).submit())
                .submit()
                .get(LONG));
        final ObjectRef<Void> failed = tb.run(CallFormsContract::check, -5).submit();
        final TaskException e = assertThrows(TaskException.class, () -> failed.get(LONG));
        assertInstanceOf(IllegalStateException.class, e.getCause());
        assertEquals("number=-5 is negative", e.getCause().getMessage());

        final ActorRef<Gauge> gauge = tb.actor(Gauge::new, tb.put(3)).create();
        assertEquals(
                "a23",
                gauge.call(Gauge::four, Arg.of("a"), tb.put(2), Arg.of("")).get(LONG));
        gauge.run(Gauge::clear);
        assertEquals(4, gauge.call(Gauge::add, 4).get(LONG));
        assertNull(tb.run(CallFormsContract::copyInto, gauge, 20, 22).submit().get(LONG));
        assertEquals("x142", gauge.call(Gauge::four, "x", 1, "").get(LONG));
        assertThrows(TaskException.class, () -> gauge.run(Gauge::set, -1).get(LONG));
        gauge.kill();
    }

    @Test
    void namesThatFitNoMessageAreRefusedWhereTheyAreGiven() {
        final Thornback tb = connection();
        final String longName = "x".repeat(Limits.MAX_NAME_CHARS + 1);
        assertThrows(IllegalArgumentException.class, () -> tb.task(CallFormsContract::plus, 1, 2)
                .name(longName));
        assertThrows(IllegalArgumentException.class, () -> tb.task(CallFormsContract::plus, 1, 2)
                .resource("r".repeat(Limits.MAX_RESOURCE_CHARS), 1));
        assertThrows(IllegalArgumentException.class, () -> tb.getActor(longName, Gauge.class));
        final String text = "y".repeat(3_900);
        assertEquals(
                4 * text.length() + 1,
                tb.task(
                                CallFormsContract::lengthOf,
                                new Gather<>(List.of(tb.put(text), tb.put(text), tb.put(text), tb.put(text))),
                                Arg.of(1))
                        .name(longName.substring(1))
                        .submit()
                        .get(LONG));
    }

    static int lengthOf(final List<String> texts, final int more) {
        return texts.stream().mapToInt(String::length).sum() + more;
    }
}
