/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.node;

import java.util.ArrayList;
import java.util.List;

/** Tells an application whose JVM lacks flags which ones, before something deep inside fails for want of them. */
public final class JvmFlagsCheck {

    private static final String OPENS = "--add-opens=";

    private JvmFlagsCheck() {}

    /**
     * Checks that this JVM has opened what Thornback needs. Costs microseconds.
     *
     * @throws NodeException with the line to add
     */
    public static void require() {
        List<String> missing = missing();
        if (!missing.isEmpty()) {
            String home = System.getProperty(JvmCommand.HOME_PROPERTY, System.getenv("THORNBACK_HOME"));
            throw new NodeException(
                    "this JVM was started without " + String.join(" ", missing),
                    "start the program with 'thornback run', or as: java "
                            + (home == null ? String.join(" ", JvmCommand.OPENS) : "@" + home + "/conf/thornback.args")
                            + " …");
        }
    }

    /** The flags that open a package which is closed. */
    public static List<String> missing() {
        List<String> missing = new ArrayList<>();
        for (String flag : JvmCommand.OPENS) {
            if (flag.startsWith(OPENS)) {
                String[] parts = flag.substring(OPENS.length()).split("[/=]", -1);
                boolean open = ModuleLayer.boot()
                        .findModule(parts[0])
                        .filter(module -> module.isOpen(parts[1], JvmFlagsCheck.class.getModule()))
                        .isPresent();
                if (!open) {
                    missing.add(flag);
                }
            }
        }
        return missing;
    }
}
