/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.objectstore;

import java.nio.file.Path;
import org.agrona.concurrent.AgentRunner;

/** A store in a JVM of its own, until killed. */
final class StoreMain {
    private StoreMain() {}

    public static void main(final String[] arguments) throws InterruptedException {
        final ObjectStoreAgent agent = new ObjectStoreAgent(
                StoreConfig.of(Path.of(arguments[0]), 4L << 20).withMaxObjects(1024));
        final Thread thread = AgentRunner.startOnThread(
                new AgentRunner(agent.idleStrategy(), Throwable::printStackTrace, null, agent));
        System.out.println("ready");
        System.out.flush();
        thread.join();
    }
}
