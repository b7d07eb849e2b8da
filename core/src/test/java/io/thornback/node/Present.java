/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.node;

import io.thornback.posix.ProcessIdentity;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Processes that were there of a node before something was killed, by name where they have one. */
final class Present {
    final Map<String, ProcessIdentity> named = new LinkedHashMap<>();
    private final Set<ProcessIdentity> others = new HashSet<>();

    void add(String name, long pid) {
        ProcessIdentity.of(pid).ifPresent(identity -> named.put(name, identity));
    }

    void addOther(long pid) {
        ProcessIdentity.of(pid).ifPresent(others::add);
    }

    void addAllOf(String session) {
        for (SessionProcesses.SessionProcess process : SessionProcesses.find(session)) {
            if (KillMatrixTest.ROLES.contains(process.role()) && !named.containsKey(process.role())) {
                named.put(process.role(), process.identity());
            } else if (!named.containsValue(process.identity())) {
                others.add(process.identity());
            }
        }
    }

    /** Those that are still there, alive or a zombie. */
    List<String> left() {
        List<String> left = new ArrayList<>();
        named.forEach((name, identity) -> {
            if (isThere(identity)) {
                left.add(name + " " + describe(identity));
            }
        });
        others.stream().filter(Present::isThere).forEach(identity -> left.add(describe(identity)));
        return left;
    }

    /** A zombie that has become init's child is init's to take, which some do every other second. */
    private static boolean isThere(ProcessIdentity identity) {
        return identity.isAlive()
                || (ProcessIdentity.of(identity.pid()).filter(identity::equals).isPresent()
                        && !describe(identity).endsWith(" 1"));
    }

    private static String describe(ProcessIdentity identity) {
        try {
            String[] stat = Files.readString(Path.of("/proc/" + identity.pid() + "/stat"))
                    .split(" ", 5);
            return String.join(" ", Arrays.copyOf(stat, 4)); // pid, name, state, parent
        } catch (IOException e) {
            return identity.pid() + ", which ends just now";
        }
    }
}
