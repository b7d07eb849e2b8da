/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
/**
 * The processes that run tasks and actors.
 *
 * <p>A worker is started ahead of need, connects to store and raylet, and says hello. The first job that needs it makes it its own for good: the worker
 * gets the job's class path in a class loader of its own. Two threads matter: the agent that reads the inbox, and the one that runs
 * user code ({@link io.thornback.worker.TaskRunner}), one call at a time in the order of arrival. An actor whose calls may run at the same time has threads of its own for them
 * ({@link io.thornback.worker.ActorThreads}).
 *
 * <p>A result goes to the owner's inbox first and the news that the worker is free to the raylet second; a worker that dies between the two
 * leaves a task that is run again and whose second result the owner drops.
 *
 * <p>What user code throws is its result. A worker that cannot answer a call for any other reason ends with exit code 1, and the call is run again, or fails, as after any death of a worker.
 *
 * <p>A worker ends when its raylet does: the kernel kills it (parent-death signal), and its standard input, whose other end the raylet holds, ends.
 */
package io.thornback.worker;
