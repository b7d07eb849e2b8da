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
