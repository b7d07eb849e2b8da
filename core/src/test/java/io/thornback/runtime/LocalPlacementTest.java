/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.runtime;

import io.thornback.Thornback;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What a task may ask of a node inside this JVM. */
class LocalPlacementTest extends PlacementContract {
    @RegisterExtension
    static final TestNode NODE = TestNode.inThisJvm(options -> options.withStoreBytes(64L << 20)
            .withResource("gpu", 1)
            .withLabel("zone", "a")
            .withLabel("disk", "ssd"));

    @Override
    Thornback connection() {
        return NODE.driver();
    }
}
