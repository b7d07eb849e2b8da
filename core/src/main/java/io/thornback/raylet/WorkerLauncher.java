/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.raylet;

import io.thornback.RuntimeEnvironment;
import io.thornback.config.LogSettings;
import io.thornback.posix.ProcessIdentity;
import java.util.List;

/** Makes workers: processes, or threads of this JVM. Its methods return at once; thread-safe. */
public interface WorkerLauncher extends AutoCloseable {
    /** Told what became of a launch; on any thread. */
    interface Listener {
        /** The worker exists; it will say hello by itself. */
        void started(ProcessIdentity identity);

        /**
         * The worker is no more, or could not be started. Once.
         *
         * @param how for people: the exit status, the error.
         * @param shot whether somebody else ended it with SIGKILL: a person, a program, the kernel when memory ran out.
         * @param lastLines of its output; none if it ended because it was told to.
         */
        void exited(String how, boolean shot, List<String> lastLines);
    }

    /**
     * Starts the worker of this number.
     *
     * @param processBytes what its process may have, heap and all; of no meaning for a thread.
     * @param environment what else it has; plain for a thread.
     */
    void launch(int number, long processBytes, RuntimeEnvironment environment, Listener listener);

    /** Ends it at once, with whatever it started. */
    void kill(int number);

    /** Whether workers are processes, whose output goes to files of their own and that can be killed for their memory. */
    boolean hasProcesses();

    /** Where its output goes, for messages. */
    String logOf(int number);

    /** How logs are written has changed. */
    default void reload(final LogSettings logs) {}

    /** Ends all workers and waits for them. */
    @Override
    void close();
}
