/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
/**
 * What a node shows of itself: counters and histograms, its latest tasks and calls, its workers and actors. All of it lies in shared memory, in folder {@code observe} of the
 * session, and is written by the processes that it is about; the commands that show it map the files read-only and ask nobody. So looking costs the node nothing, cannot hurt it,
 * and works while a process is stuck, stopped, or dead.
 *
 * <pre>
 * raylet.counters   {@link io.thornback.observe.Counter}s and {@link io.thornback.observe.Latency} histograms   CountersDescriptor
 * raylet.tasks      the latest tasks and actor creations, newest over oldest                                    TaskSlotDescriptor
 * raylet.workers    workers that there are                                                                      WorkerSlotDescriptor
 * raylet.actors     actors that live, and those that died last                                                  ActorSlotDescriptor
 * worker-N.tasks    the latest calls of the actor that worker N is: they do not pass the raylet                 TaskSlotDescriptor
 * </pre>
 *
 * <p><b>Cost.</b> A counter is one store. A task is three short writes of its slot; for names in ASCII nothing is allocated there; nothing is locked, and a reader slows no
 * writer. What a reader finds half written it sees to be: each slot has a sequence that is odd meanwhile ({@link io.thornback.observe.SlotFileDescriptor}).
 *
 * <p><b>Bounds.</b> Every file has its full size from the start and never grows. A task keeps its slot, and is brought up to date there, until as many newer ones have
 * come as there are slots (setting {@code raylet.task-events}); a task that outlives its slot takes a new one when next something happens to it. Names are cut at 63 bytes.
 *
 * <p><b>Times</b> are {@link java.lang.System#nanoTime}, which on Linux is one clock for all processes of a host; each file says what the wall clock read at one moment of it.
 */
package io.thornback.observe;
