/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.objectstore;

import java.nio.file.Path;
import org.agrona.concurrent.AgentRunner;

/** The store of the crash rounds, until killed. A second one of a folder goes on with what is there. */
final class CrashStore {
    static final int MAX_OBJECTS = 1024;

    private CrashStore() {}

    static StoreConfig config(final Path folder) {
        return StoreConfig.of(folder, 64L << 20)
                .withMaxObjects(MAX_OBJECTS)
                .withMaxClients(64)
                .withPinSlots(256)
                .withReserveStepBytes(1 << 20);
    }

    public static void main(final String[] arguments) throws InterruptedException {
        final ObjectStoreAgent agent = new ObjectStoreAgent(config(Path.of(arguments[0])));
        final Thread thread = AgentRunner.startOnThread(new AgentRunner(
                agent.idleStrategy(),
                error -> {
                    error.printStackTrace();
                    System.exit(4);
                },
                null,
                agent));
        System.out.println("ready");
        thread.join();
    }
}
