/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.runtime;

import io.thornback.LocalOptions;
import io.thornback.Thornback;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;

/** Ownership on a node inside this JVM. */
class LocalOwnershipTest extends LineageContract {
    private static Thornback local;

    @BeforeAll
    static void start() {
        local = Thornback.startLocal(LocalOptions.defaults().withCpus(2).withStoreBytes(128L << 20));
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
