/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.objectstore;

import java.nio.file.Path;
import org.agrona.concurrent.AgentRunner;

/** A process that has a catalog open, until it is killed. */
final class CatalogChild {
    private CatalogChild() {}

    /** Arguments: "map", file, entries, incarnation, objects; or "store", shared folder, disk folder. */
    public static void main(final String[] arguments) throws Exception {
        if (arguments[0].equals("map")) {
            final CatalogConfig config = new CatalogConfig(Path.of(arguments[1]), Long.parseLong(arguments[2]));
            final CatalogFile file = CatalogFile.open(config, Long.parseLong(arguments[3]));
            final int objects = Integer.parseInt(arguments[4]);
            for (int i = 0; i < objects; i++) {
                file.map().put(StoreFixture.id(i), CatalogFileTest.entry(i));
            }
            System.out.println(file.isMade() ? "made" : "found");
            for (int i = 0; ; i = (i + 1) % objects) { // killed in the middle of this
                file.map().put(StoreFixture.id(i), CatalogFileTest.entry(i));
            }
        }
        final ObjectStoreAgent agent =
                new ObjectStoreAgent(CatalogTest.config(Path.of(arguments[1]), Path.of(arguments[2]), 1 << 12));
        final AgentRunner runner = new AgentRunner(agent.idleStrategy(), Throwable::printStackTrace, null, agent);
        AgentRunner.startOnThread(runner);
        System.out.println("ready");
        System.in.read();
        agent.terminate();
        runner.close();
    }
}
