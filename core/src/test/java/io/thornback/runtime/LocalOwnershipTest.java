/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.runtime;

import io.thornback.Thornback;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Ownership on a node inside this JVM. */
class LocalOwnershipTest extends LineageContract {
    @RegisterExtension
    static final TestNode NODE = TestNode.inThisJvm();

    @Override
    Thornback connection() {
        return NODE.driver();
    }
}
