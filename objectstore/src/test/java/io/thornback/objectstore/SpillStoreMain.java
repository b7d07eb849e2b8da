/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.objectstore;

import java.nio.file.Path;
import java.util.List;
import org.agrona.concurrent.AgentRunner;

/** A store of 8 MiB that spills, in a JVM of its own, until killed. */
final class SpillStoreMain {
    private SpillStoreMain() {}

    public static void main(final String[] arguments) throws InterruptedException {
        final ObjectStoreAgent agent = new ObjectStoreAgent(config(Path.of(arguments[0]), Path.of(arguments[1])));
        final Thread thread = AgentRunner.startOnThread(
                new AgentRunner(agent.idleStrategy(), Throwable::printStackTrace, null, agent));
        System.out.println("ready");
        System.out.flush();
        thread.join();
    }

    static StoreConfig config(final Path folder, final Path disk) {
        return StoreConfig.of(folder, 8L << 20)
                .withMaxObjects(1024)
                .withSpill(new SpillConfig(List.of(disk), 3 << 20, Long.MAX_VALUE, 60, SpillSync.NONE));
    }
}
