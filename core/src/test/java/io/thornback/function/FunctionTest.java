/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.function;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.thornback.Fn0;
import io.thornback.Fn1;
import io.thornback.Fn2;
import java.io.Serializable;
import org.junit.jupiter.api.Test;

class FunctionTest {
    private final FunctionResolver resolver = new FunctionResolver(FunctionTest.class.getClassLoader());

    private record Greeter(String word) {
        String greet(final String name) {
            return word + " " + name;
        }
    }

    private static int twice(final int value) {
        return 2 * value;
    }

    private static String join(final String... words) {
        return String.join("-", words);
    }

    private Object call(final Serializable function, final Object... arguments) throws Throwable {
        return resolver.resolve(FunctionInspector.describe(function)).invoke(arguments);
    }

    @Test
    void callsAPrivateStaticMethodWithABoxedArgument() throws Throwable {
        final Fn1<Integer, Integer> function = FunctionTest::twice;
        assertEquals(42, call(function, 21));
        assertEquals("FunctionTest.twice", FunctionInspector.describe(function).displayName());
    }

    @Test
    void callsAConstructor() throws Throwable {
        final Fn1<String, Greeter> function = Greeter::new;
        assertEquals(new Greeter("hello"), call(function, "hello"));
        assertEquals(
                "FunctionTest$Greeter::new",
                FunctionInspector.describe(function).displayName());
    }

    @Test
    void callsAnInstanceMethodOnItsFirstArgument() throws Throwable {
        final Fn2<Greeter, String, String> function = Greeter::greet;
        assertEquals("hello world", call(function, new Greeter("hello"), "world"));
    }

    @Test
    void callsAMethodOfTheJdk() throws Throwable {
        final Fn1<String, Integer> function = String::length;
        assertEquals(5, call(function, "ratio"));
    }

    @Test
    void callsAnInterfaceMethod() throws Throwable {
        final Fn1<CharSequence, Integer> function = CharSequence::length;
        assertEquals(3, call(function, "abc"));
    }

    @Test
    void callsAVarargsMethodWithAnArray() throws Throwable {
        final Fn1<String[], String> function = FunctionTest::join;
        assertEquals("a-b", call(function, new Object[] {new String[] {"a", "b"}}));
    }

    @Test
    void callsALambdaThatCapturesNothing() throws Throwable {
        final Fn1<Integer, Integer> function = value -> value + 1;
        assertEquals(8, call(function, 7));
        assertTrue(FunctionInspector.describe(function).displayName().startsWith("FunctionTest."));
    }

    @Test
    void refusesALambdaThatCaptures() {
        final int threshold = Integer.parseInt("3");
        final Fn1<Integer, Boolean> function = value -> value > threshold;
        final IllegalArgumentException e =
                assertThrows(IllegalArgumentException.class, () -> FunctionInspector.describe(function));
        assertTrue(e.getMessage().contains("captures 1 value (java.lang.Integer)"), e.getMessage());
        assertTrue(e.getMessage().contains("pass it as an argument"), e.getMessage());
    }

    @Test
    void refusesAMethodThatIsBoundToAnObject() {
        final Greeter greeter = new Greeter("hello");
        final Fn1<String, String> function = greeter::greet;
        final IllegalArgumentException e =
                assertThrows(IllegalArgumentException.class, () -> FunctionInspector.describe(function));
        assertTrue(e.getMessage().contains("is bound to an object"), e.getMessage());
    }

    @Test
    void refusesAnObjectThatIsNoLambda() {
        final class Named implements Fn0<String> {
            private static final long serialVersionUID = 1L;

            @Override
            public String apply() {
                return "x";
            }
        }
        assertThrows(IllegalArgumentException.class, () -> FunctionInspector.describe(new Named()));
    }

    @Test
    void namesTheClassThatIsNotOnTheClassPath() {
        final FunctionDescriptor descriptor = new FunctionDescriptor("no.such.Job", "run", "()V", 6);
        final ClassNotFoundException e = assertThrows(ClassNotFoundException.class, () -> resolver.resolve(descriptor));
        assertTrue(e.getMessage().contains("no.such.Job"), e.getMessage());
    }
}
