/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
/**
 * The client side: what a driver and a worker have in common.
 *
 * <p>Each process has one inbox and one agent that reads it ({@link io.thornback.runtime.InboxAgent}); user threads write to lanes of
 * others themselves, and one that waits for an answer takes the agent's turn at the inbox and reads it itself ({@link io.thornback.runtime.InboxTurn}), as does a worker's thread that waits for its next call. So handlers of messages run on the agent's thread or a thread of the user's, one at a time; they wait for nothing, and run no code of the user's. The process that submits a task is the <b>owner</b> of its result:
 * {@link io.thornback.runtime.ObjectEntry} is its record, {@link io.thornback.runtime.TaskTable} the tasks whose results are
 * still to come.
 *
 * <p>The life of a task, seen from its owner:
 * <ol>
 *   <li>{@code submit}: function and values are encoded (large ones go to the store at once); a place among the tasks in flight is taken;</li>
 *   <li>its reference arguments become ready; what failed fails the task without running it;</li>
 *   <li>{@code SubmitTask} to the raylet, or {@code RunTask} straight to the actor's inbox, in the order of the calls;</li>
 *   <li>{@code TaskResult} from the worker, or {@code TaskFailed} from the raylet; whichever comes first counts, a repeat is dropped;</li>
 *   <li>temporary objects are deleted, the place is free, waiters wake.</li>
 * </ol>
 *
 * <p>References that leave the process inside a value make their object a shared one ({@link io.thornback.runtime.SharedObjects}): it goes to the store, where others wait for it and all who refer to
 * it hold it. Those that never left are deleted when nothing refers to them any more. What is lost is made again by {@link io.thornback.runtime.Reruns}.
 */
package io.thornback.runtime;
