/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.node;

import io.thornback.fuzz.FuzzTarget;
import io.thornback.resources.ByteSize;
import io.thornback.resources.ResourceAmount;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.function.Consumer;

/** Lines between a node's processes, and what people write. */
public final class NodeTargets {
    private NodeTargets() {}

    /** One for each kind of text. */
    public static List<FuzzTarget> all() {
        return List.of(
                text("control line", "READY host=127.0.0.1 port=47%2011", ControlLine::parse)
                        .covering(ControlLine.class),
                text("byte size", "12.5g", ByteSize::parse).covering(ByteSize.class),
                text("resource amount", "0.25", ResourceAmount::parse)
                        .failingWith(IllegalArgumentException.class, ArithmeticException.class)
                        .covering(ResourceAmount.class));
    }

    private static FuzzTarget text(final String name, final String seed, final Consumer<String> reader) {
        return FuzzTarget.of(
                        name,
                        List.of(seed.getBytes(StandardCharsets.UTF_8)),
                        input -> reader.accept(new String(input, StandardCharsets.UTF_8)))
                .failingWith(IllegalArgumentException.class);
    }
}
