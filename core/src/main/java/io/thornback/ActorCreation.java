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

    /** Graphics processors, the resource {@value Resource#GPU}; 0 unless said otherwise; multiples of 1/10,000. */
    default ActorCreation<A> gpus(final double gpus) {
        return resource(Resource.GPU, gpus);
    }

    /** As {@link #resource}, for as many as are given. */
    default ActorCreation<A> require(final Resource... resources) {
        for (final Resource each : resources) {
            resource(each.name(), each.amount());
        }
        return this;
    }

    /** Only on nodes whose labels meet all these conditions and those given before. What no node meets waits, and is reported. */
    ActorCreation<A> labels(Label... conditions);

    /**
     * In a worker with this environment instead of the job's.
     *
     * @throws IllegalArgumentException if a jar or the working directory is not there, or if jars are named by other than a driver.
     */
    ActorCreation<A> environment(RuntimeEnvironment environment);

    /** On the least used of the nodes that can run it; without this the local node comes first until it is half used. */
    ActorCreation<A> spread();

    /**
     * On this node and no other.
     *
     * @param nodeId as {@code thornback status --json} tells it.
     * @throws IllegalArgumentException if that is no node's id.
     */
    ActorCreation<A> onNode(String nodeId);

    /** On this node; on another if it is gone or can never run this. */
    ActorCreation<A> preferNode(String nodeId);

    /** A name under which others find it; of a name and namespace one lives at a time, a second one fails. At most 256 characters. */
    ActorCreation<A> name(String name);

    /** Where its name counts; the connection's own namespace unless said otherwise. At most 256 characters. */
    ActorCreation<A> namespace(String namespace);

    /**
     * How often the actor is created again, with the arguments that it was first created with, when its process has died (killed by the kernel,
     * by {@code kill(false)}, by a crash); -1: for ever; 0 unless said otherwise. Not when it was killed for good, and not when its constructor threw. What it had in
     * memory is lost. It keeps id and name; the resources that it held are given back and taken again.
     *
     * <p>A call sees of it: made before it is created again, it waits until it is; sent to the process that died and answered before, it has its answer; sent
     * and not answered, it fails with {@link ActorDiedException} (it has run, in part or not at all: never twice), unless {@link #maxTaskRetries} has it sent again.
     */
    ActorCreation<A> maxRestarts(int restarts);

    /**
     * How often a call that was sent and not answered when the actor's process died is sent again to the next one, before those that were made later; -1: as often as
     * the actor is restarted; 0 unless said otherwise. Such a call may run more than once. What the call itself throws is not retried.
     */
    ActorCreation<A> maxTaskRetries(int retries);

    /**
     * Most calls of one process that the actor has not answered; one more throws {@link PendingCallsLimitException} at once and is not made. 0 unless said
     * otherwise: no limit but that on tasks in flight.
     */
    ActorCreation<A> maxPendingCalls(int calls);

    /**
     * How many of its calls may run at the same time, each on a thread of its own; they begin in the order in which they came. 1 unless said otherwise, at most 1,000. The actor's
     * class must be made for it.
     */
    ActorCreation<A> maxConcurrency(int threads);

    /**
     * Threads apart for some calls, those made through {@link ActorRef#inGroup}: they neither wait for the actor's other calls nor keep them waiting. At most 64 groups.
     */
    ActorCreation<A> concurrencyGroup(String name, int threads);

    /**
     * The actor outlives its job: it ends by itself, by {@link ActorRef#kill()}, or with the node, and other drivers of its namespace find it by its name. Its job's class path must stay where it is,
     * and the job's objects are kept until the last of its detached actors has ended; but a reference to what only the driver would have made fails. Tasks and actors that it started itself
     * live on with it.
     */
    ActorCreation<A> detached();

    /** If an actor of the name lives in the namespace, {@link #create} gives that one and makes none; it then waits for the node's answer, and for arguments that are references. */
    ActorCreation<A> getIfExists();

    /**
     * Starts the actor. Returns at once; calls may follow at once. It lives until it is killed, leaves, or the job ends. If its
     * constructor throws, its calls fail with {@link ActorDiedException}.
     */
    ActorRef<A> create();
}
