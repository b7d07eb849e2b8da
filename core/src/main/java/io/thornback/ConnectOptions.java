/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback;

import io.thornback.runtime.ActorOptions;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * How to attach to a node.
 *
 * @param directory the node's directory; empty: {@code THORNBACK_DIR}, else the default of this user.
 * @param jobName what the job is called in lists; empty: the main class.
 * @param namespace of the names of its actors; empty: one that no other driver has.
 * @param allowedClasses classes that values may have, besides those of the Java library: names of classes, or of packages as {@code a.b.*}; empty: those that the system property {@code
 *     thornback.job.allowed-classes} or the variable {@code THORNBACK_JOB_ALLOWED_CLASSES} lists, with commas between; if that is not set either, any class.
 * @param timeout how long to wait until node and store have answered.
 * @param environment of its workers; plain: what {@code thornback run} was told, if anything.
 * @param workerOutput whether what its workers print is shown on this program's standard error.
 */
public record ConnectOptions(
        Optional<Path> directory,
        Optional<String> jobName,
        Optional<String> namespace,
        List<String> allowedClasses,
        Duration timeout,
        RuntimeEnvironment environment,
        boolean workerOutput) {
    /**
     * Copies the list.
     *
     * @throws IllegalArgumentException if the job's name or the namespace is empty or too long.
     */
    public ConnectOptions {
        jobName.ifPresent(name -> ActorOptions.checkName("job name", name));
        namespace.ifPresent(name -> ActorOptions.checkName("namespace", name));
        allowedClasses = List.copyOf(allowedClasses);
    }

    /** The default directory, 10 seconds, with the output of workers. */
    public static ConnectOptions defaults() {
        return new ConnectOptions(
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                List.of(),
                Duration.ofSeconds(10),
                RuntimeEnvironment.none(),
                true);
    }

    /** The same with another directory. */
    public ConnectOptions withDirectory(final Path path) {
        return new ConnectOptions(
                Optional.of(path), jobName, namespace, allowedClasses, timeout, environment, workerOutput);
    }

    /** The same with another name. */
    public ConnectOptions withJobName(final String name) {
        return new ConnectOptions(
                directory, Optional.of(name), namespace, allowedClasses, timeout, environment, workerOutput);
    }

    /** The same with a namespace that other drivers can name too: they find its actors, and it finds theirs. */
    public ConnectOptions withNamespace(final String name) {
        return new ConnectOptions(
                directory, jobName, Optional.of(name), allowedClasses, timeout, environment, workerOutput);
    }

    /** The same for a job whose values may have only these classes, and those of the Java library; others are refused when they are written and when they are read. */
    public ConnectOptions withAllowedClasses(final String... patterns) {
        return new ConnectOptions(directory, jobName, namespace, List.of(patterns), timeout, environment, workerOutput);
    }

    /** The same with another time-out. */
    public ConnectOptions withTimeout(final Duration duration) {
        return new ConnectOptions(directory, jobName, namespace, allowedClasses, duration, environment, workerOutput);
    }

    /**
     * The same with or without the output of workers: each line with the worker it comes from before it, lines that repeat counted rather than shown, at most a thousand a second. With or without, it is in the
     * files {@code logs/worker-….out} of the node's session.
     */
    public ConnectOptions withWorkerOutput(final boolean shown) {
        return new ConnectOptions(directory, jobName, namespace, allowedClasses, timeout, environment, shown);
    }

    /** The same with workers of another environment: JVM options, variables, working directory, jars. */
    public ConnectOptions withEnvironment(final RuntimeEnvironment ofWorkers) {
        return new ConnectOptions(directory, jobName, namespace, allowedClasses, timeout, ofWorkers, workerOutput);
    }
}
