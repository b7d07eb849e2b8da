/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.objectstore;

import java.nio.file.Path;
import java.util.List;
import org.agrona.concurrent.AgentRunner;

/**
 * The store of the torture, until killed: folder, bytes of the arena, folder to spill to or "-". An error of the agent ends it with a code
 * that the harness takes for a failure.
 */
final class TortureStoreMain {
    static final int MAX_OBJECTS = 4096;
    static final int MAX_CLIENTS = 24;
    static final int PIN_SLOTS = 64;

    private static final int FAILED = 70;

    private TortureStoreMain() {}

    static StoreConfig config(final Path folder, final long arenaBytes, final String spill) {
        final StoreConfig config = StoreConfig.of(folder, arenaBytes)
                .withMaxObjects(MAX_OBJECTS)
                .withMaxClients(MAX_CLIENTS)
                .withPinSlots(PIN_SLOTS)
                .withReserveStepBytes(1 << 20);
        return spill.equals("-") ? config : config.withSpill(SpillConfig.of(List.of(Path.of(spill))));
    }

    public static void main(final String[] arguments) throws InterruptedException {
        TortureChild.dieWithHarness();
        try {
            final ObjectStoreAgent agent =
                    new ObjectStoreAgent(config(Path.of(arguments[0]), Long.parseLong(arguments[1]), arguments[2]));
            final Thread thread = AgentRunner.startOnThread(
                    new AgentRunner(agent.idleStrategy(), TortureStoreMain::fail, null, agent));
            TortureChild.reply("ready");
            thread.join();
        } catch (final RuntimeException e) {
            fail(e);
        }
    }

    private static void fail(final Throwable error) {
        error.printStackTrace();
        Runtime.getRuntime().halt(FAILED);
    }
}
