/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.node;

import io.thornback.config.Configuration;
import java.util.List;

/**
 * A role as data: what it is called, which class does it, what must be ready before it, and how its JVM is made.
 *
 * @param name for example "gcs"; also its inbox and log file
 * @param className the {@link Role}, with a public constructor without parameters
 * @param dependencies names of the roles that must be ready before it starts; it is stopped before they are
 * @param heapBytes heap of its process
 * @param jvmFlags further flags of its process
 * @param isRestartable whether a new process of the role takes over what a dead one left, so that the node need not come down
 */
public record RoleSpec(
        String name,
        String className,
        List<String> dependencies,
        long heapBytes,
        List<String> jvmFlags,
        boolean isRestartable) {

    /** The control service. */
    public static final String GCS = "gcs";

    /** The object store. */
    public static final String OBJECTSTORE = "objectstore";

    /** The scheduler. */
    public static final String RAYLET = "raylet";

    /** Client compiler only: for roles that are never busy, half the start-up and memory of the full compiler. */
    static final List<String> QUICK = List.of("-XX:TieredStopAtLevel=1");

    /** The roles of a head, in the order of their start; they are stopped in the reverse order. */
    public static List<RoleSpec> head(Configuration configuration) {
        RoleSpec gcs = new RoleSpec(
                GCS, "io.thornback.node.GcsRole", List.of(), configuration.gcs().heapBytes(), QUICK, true);
        return List.of(gcs, objectStore(configuration), raylet(configuration, List.of(GCS, OBJECTSTORE)));
    }

    /** The roles of a node that joins the GCS of another. */
    public static List<RoleSpec> joined(Configuration configuration) {
        return List.of(objectStore(configuration), raylet(configuration, List.of(OBJECTSTORE)));
    }

    private static RoleSpec objectStore(Configuration configuration) {
        return new RoleSpec(
                OBJECTSTORE,
                "io.thornback.node.ObjectStoreRole",
                List.of(),
                configuration.store().heapBytes(),
                configuration.store().catalogEntries() == 0 ? List.of() : JvmCommand.CATALOG,
                true);
    }

    private static RoleSpec raylet(Configuration configuration, List<String> dependencies) {
        return new RoleSpec(
                RAYLET,
                "io.thornback.raylet.RayletRole",
                dependencies,
                configuration.raylet().heapBytes(),
                List.of(),
                false);
    }

    /** Makes the role. */
    Role create() {
        try {
            return Class.forName(className)
                    .asSubclass(Role.class)
                    .getDeclaredConstructor()
                    .newInstance();
        } catch (ReflectiveOperationException | ClassCastException | LinkageError e) {
            throw new NodeException("role " + name + ": cannot load " + className + ": " + e, "", e);
        }
    }
}
