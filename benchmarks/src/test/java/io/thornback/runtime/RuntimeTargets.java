/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.runtime;

import io.thornback.RuntimeEnvironment;
import io.thornback.function.FunctionDescriptor;
import io.thornback.fuzz.FuzzTarget;
import io.thornback.objectstore.ObjectId;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.agrona.concurrent.UnsafeBuffer;

/** What travels inside the messages of tasks and actors. */
public final class RuntimeTargets {
    private RuntimeTargets() {}

    /** A task's specification, an actor's options, an environment. */
    public static List<FuzzTarget> all() {
        return List.of(
                FuzzTarget.of(
                                "task's specification",
                                List.of(specification()),
                                input -> CallSpec.decode(new UnsafeBuffer(input), 0))
                        .failingWith(IllegalArgumentException.class)
                        .covering(CallSpec.class),
                FuzzTarget.of(
                                "actor's options",
                                List.of(
                                        ActorOptions.in("default").encode(),
                                        new ActorOptions(-1, 3, 4, 100, true, Map.of("io", 2, "cpu", 1), "n").encode()),
                                ActorOptions::decode)
                        .failingWith(IllegalArgumentException.class)
                        .covering(ActorOptions.class),
                FuzzTarget.of(
                                "runtime environment",
                                List.of(utf8(RuntimeEnvironment.none()
                                        .withJvmOption("-Dx=1 2")
                                        .withVariable("A", "b&c")
                                        .encode())),
                                input -> RuntimeEnvironment.decode(new String(input, StandardCharsets.UTF_8)))
                        .failingWith(IllegalArgumentException.class)
                        .covering(RuntimeEnvironment.class));
    }

    /** A valid one. */
    public static byte[] specification() {
        final Argument value = new Argument.Value(3, utf8("value"));
        final Argument stored = new Argument.Stored(ObjectId.of(new byte[ObjectId.LENGTH_BYTES], 0));
        return new CallSpec(
                        new FunctionDescriptor("org.example.Words", "count", "(Ljava/util/List;I)I", 6),
                        List.of(new Argument.Listed(List.of(value, stored)), value, stored),
                        new CallOptions(2, 0, Map.of("cpu", 10_000L), List.of("java.io.IOException")))
                .encode();
    }

    private static byte[] utf8(final String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
