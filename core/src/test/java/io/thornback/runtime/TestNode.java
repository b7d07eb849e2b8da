/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.runtime;

import io.thornback.LocalOptions;
import io.thornback.Thornback;
import io.thornback.config.Setting;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/** A node with two CPUs and a connection to it, for the tests of one class; nothing of it is left after them. Making one starts nothing, for workers initialise the class too. */
final class TestNode implements BeforeAllCallback, AfterAllCallback {
    private final Map<Setting<?>, String> settings;
    /** Null: the node has processes of its own. */
    private final UnaryOperator<LocalOptions> local;

    private NodeUnderTest node;
    private Thornback driver;

    private TestNode(final Map<Setting<?>, String> settings, final UnaryOperator<LocalOptions> local) {
        this.settings = settings;
        this.local = local;
    }

    /** A node of real processes. */
    static TestNode ofProcesses() {
        return ofProcesses(Map.of());
    }

    /** With further settings. */
    static TestNode ofProcesses(final Map<Setting<?>, String> settings) {
        return new TestNode(settings, null);
    }

    /** A node inside this JVM. */
    static TestNode inThisJvm() {
        return inThisJvm(options -> options);
    }

    /** With further options. */
    static TestNode inThisJvm(final UnaryOperator<LocalOptions> options) {
        return new TestNode(Map.of(), options);
    }

    @Override
    public void beforeAll(final ExtensionContext context) {
        if (local != null) {
            driver = Thornback.startLocal(
                    local.apply(LocalOptions.defaults().withCpus(2).withStoreBytes(128L << 20)));
            return;
        }
        node = NodeUnderTest.start(settings);
        try {
            driver = node.connect();
        } catch (final RuntimeException e) {
            node.close();
            throw e;
        }
    }

    @Override
    public void afterAll(final ExtensionContext context) {
        try {
            driver.close();
        } finally {
            if (node != null) {
                node.close();
            }
        }
    }

    /** The node of real processes. */
    NodeUnderTest node() {
        return node;
    }

    /** The connection. */
    Thornback driver() {
        return driver;
    }
}
