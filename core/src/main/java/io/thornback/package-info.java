/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
/**
 * What a user's program sees: {@link io.thornback.Thornback}, references to objects and actors, and the errors.
 *
 * <p>A program attaches to the node on its own host ({@link io.thornback.Thornback#connect()}) or hosts one in its own JVM
 * ({@link io.thornback.Thornback#startLocal()}). Values go into shared memory with one copy, or none
 * ({@link io.thornback.ObjectStore#create}); functions run in worker JVMs of the same user; results are references
 * until somebody asks for them.
 *
 * <p>Rules that hold everywhere: a top-level {@link io.thornback.ObjectRef} argument is resolved before the call, a nested
 * one stays a reference; {@code get} throws what the task threw as the cause of a {@link io.thornback.TaskException};
 * every type here may be used by any number of threads; what was cancelled ({@link io.thornback.ObjectRef#cancel}) throws
 * {@link io.thornback.TaskCancelledException}, and so does what needed it.
 *
 * <p>An object goes when its last reference goes, in whatever process or value that is. What stops it from coming has an exception of its own:
 * <pre>
 * exception               code            cause                                          remedy
 * TaskException           TASK_FAILED     the task threw; its exception is the cause     correct the task; retryOn
 * WorkerDiedException     WORKER_DIED     its process died, no retry was left            more retries; look at the worker's log
 * ActorDiedException      ACTOR_DIED      the actor is dead                              make another; maxRestarts
 * TaskCancelledException  TASK_CANCELLED  somebody cancelled it, or what it needs        submit it again
 * OwnerDiedException      OWNER_DIED      who submitted its task died before it ended    submit it from a process that lives longer
 * ObjectLostException     OBJECT_LOST     deleted by hand, or damaged on disk, and not   put it, or submit its task, again; retries
 *                                         made by a task that may be run again
 * InfeasibleException     INFEASIBLE      no node can ever grant what it asks for        ask for less
 * NodeStoppedException    NODE_STOPPED    the node has stopped or died                   start it again
 * GetTimeoutException     TIMEOUT         the time given is over                         ask again
 * </pre>
 *
 * <p>What each call does while a part of the node is down:
 * <pre>
 * call                raylet down                     object store down               worker down
 * submit              NodeStoppedException             waits to its time-out           queued or retried
 * get, wait           NodeStoppedException for tasks   objects already mapped: works   WorkerDiedException after the retries
 * store().get         works                            works for what is sealed        works
 * store().create      works                            ObjectStoreException           works
 * </pre>
 */
package io.thornback;
