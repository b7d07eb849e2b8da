/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.benchmarks;

import io.thornback.objectstore.CatalogConfig;
import io.thornback.objectstore.ObjectStoreAgent;
import io.thornback.objectstore.SpillConfig;
import io.thornback.objectstore.StoreConfig;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.agrona.concurrent.AgentRunner;
import org.agrona.concurrent.BusySpinIdleStrategy;
import org.agrona.concurrent.IdleStrategy;

/** A store in a process of its own, until its input ends. Arguments: folder, bytes of the arena, objects, "spin" or "park", and perhaps a folder on disk for what is spilled and the catalog. */
final class StoreProcess {
    private StoreProcess() {}

    /** Runs the store. */
    public static void main(String[] arguments) throws IOException {
        StoreConfig config = StoreConfig.of(Path.of(arguments[0]), Long.parseLong(arguments[1]))
                .withMaxObjects(Integer.parseInt(arguments[2]));
        if (arguments.length > 4) {
            Path disk = Path.of(arguments[4]);
            config = config.withSpill(SpillConfig.of(List.of(disk)))
                    .withCatalog(new CatalogConfig(
                            disk.resolve("catalog").resolve("catalog.dat"), 2L * config.maxObjects()));
        }
        ObjectStoreAgent agent = new ObjectStoreAgent(config);
        IdleStrategy idle = arguments[3].equals("spin") ? BusySpinIdleStrategy.INSTANCE : agent.idleStrategy();
        try (AgentRunner runner = new AgentRunner(idle, Throwable::printStackTrace, null, agent)) {
            AgentRunner.startOnThread(runner);
            System.out.println("ready");
            while (System.in.read() >= 0) {}
        }
    }
}
