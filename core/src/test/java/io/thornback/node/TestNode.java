/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.node;

import static org.junit.jupiter.api.Assertions.assertTrue;

import io.thornback.config.Configuration;
import io.thornback.config.ConfigurationSources;
import io.thornback.config.NodeConfig;
import io.thornback.config.StoreSettings;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/** Nodes of test roles, in processes of their own. */
final class TestNode {

    private TestNode() {}

    static Configuration configuration(Path folder) {
        return sources(folder).resolve();
    }

    static ConfigurationSources sources(Path folder) {
        return new ConfigurationSources()
                .code(NodeConfig.DIR, folder.resolve("dir").toString())
                .code(NodeConfig.SHM_DIR, folder.resolve("shm").toString())
                .code(NodeConfig.CPUS, "1")
                .code(StoreSettings.MEMORY, "32m");
    }

    static NodeStarter start(Configuration configuration, RoleSpec... roles) {
        JvmCommand program = JvmCommand.of(TestSupervisorMain.class.getName())
                .property("test.roles", TestRoles.encode(List.of(roles)));
        return NodeStarter.start(configuration, program, step -> {});
    }

    /** Waits for what another process does; there is no event to wait for. */
    static void eventually(Duration limit, String what, BooleanSupplier condition) {
        long deadlineNs = System.nanoTime() + limit.toNanos();
        while (!condition.getAsBoolean() && System.nanoTime() < deadlineNs) {
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(5));
        }
        assertTrue(condition.getAsBoolean(), what);
    }
}
