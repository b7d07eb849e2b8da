/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.node;

import io.thornback.config.NodeConfig;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * What a session that is dead has left, and the next start will remove.
 *
 * @param shm its folder in shared memory
 * @param processes of it that still live
 */
public record Leftovers(Path shm, int processes) {

    /** Those of this user's dead sessions; nothing is touched. */
    public static List<Leftovers> find(NodeConfig config) throws IOException {
        List<Leftovers> found = new ArrayList<>();
        for (Path folder : Sessions.sessionsIn(config.shmDir())) {
            if (SessionLocks.isDead(folder)) {
                String name = folder.getFileName().toString();
                found.add(new Leftovers(folder, SessionProcesses.find(name).size()));
            }
        }
        return found;
    }
}
