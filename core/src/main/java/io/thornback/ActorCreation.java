/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback;

/**
 * An actor that is about to be created, and what it needs. Not thread-safe; used once.
 *
 * @param <A> the actor's class.
 */
public interface ActorCreation<A> {
    /** CPUs that the actor holds while it lives; 0 unless said otherwise. */
    ActorCreation<A> cpus(double cpus);

    /** Memory in bytes that the actor holds while it lives, and that its process has at least; 0 unless said otherwise. */
    ActorCreation<A> memory(long bytes);

    /** Any resource that the node was given a number of. */
    ActorCreation<A> resource(String name, double amount);

    /** A name under which others find it; one of a name lives at a time. */
    ActorCreation<A> name(String name);

    /**
     * Starts the actor. Returns at once; calls may follow at once. It lives until it is killed or the job ends. If its
     * constructor throws, its calls fail with {@link ActorDiedException}.
     */
    ActorRef<A> create();
}
