/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.runtime;

import io.thornback.LocalOptions;
import io.thornback.Thornback;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;

/** What a task may ask of a node inside this JVM. */
class LocalPlacementTest extends PlacementContract {
    private static Thornback local;

    @BeforeAll
    static void start() {
        local = Thornback.startLocal(LocalOptions.defaults()
                .withCpus(2)
                .withStoreBytes(64L << 20)
                .withResource("gpu", 1)
                .withLabel("zone", "a")
                .withLabel("disk", "ssd"));
    }

    @AfterAll
    static void stop() {
        local.close();
    }

    @Override
    Thornback connection() {
        return local;
    }
}
