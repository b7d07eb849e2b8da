/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */

/**
 * Brings objects from one node's store into another's: {@link io.thornback.transfer.Puller} fetches, {@link io.thornback.transfer.ObjectServer} gives. Who needs which object
 * from where, and what becomes of references, is not decided here.
 *
 * <p><b>Protocol</b>, over the connection to a node's port, with its token and TLS, and beside its other messages:
 *
 * <pre>
 * fetching node                                giving node
 * DescribeObject(nodeId, objectId)      →      finds the object, on disk too
 *                                       ←      ObjectDescribed(size, format, isContainer, metadata), or Refused
 * waits for its turn, takes memory
 * PullObject(stream, objectId, position) →     finds it again and pins it
 *                                       ←      StreamChunk … StreamEnd(checksum), or StreamEnd(code, reason)
 * checks
 * StreamDone(stream)                    →      lets the pin go
 * seals
 * </pre>
 *
 * The giving node keeps nothing between the two questions, so a fetcher may wait for its turn as long as it must, and nobody need notice when it dies.
 *
 * <p><b>What a copy is.</b> Its data, the ids of what it contains behind them, its format and its metadata are the original's, and it is a copy, which may be evicted. The checksum, a CRC-32C, covers
 * all of them: an object that was deleted and made again between two connections is noticed as one that was damaged. It is computed
 * as the bytes pass, on both sides from the objects' own memory.
 *
 * <p><b>Invariants.</b>
 *
 * <ul>
 *   <li>One object is one transfer, however many wait for it.
 *   <li>Nothing is visible in the fetching store before it is whole and checked; what is not sealed is given up, and its memory goes back.
 *   <li>The bytes of transfers that have begun never exceed the limit, unless one alone does; whoever waits longest goes first among those of the highest priority.
 *   <li>An object is pinned on the giving node as long as its bytes may be read, and no longer than the connection lasts.
 *   <li>No network thread waits: for memory, for the store, for a name.
 * </ul>
 *
 * <p><b>What may fail.</b>
 *
 * <pre>
 * the object is not there, or goes meanwhile     NOT_HERE at once
 * the connection cannot be made, or falls        made again, from the byte that is missing; three times in a row without a byte: UNREACHABLE
 * another node listens there                     WRONG_NODE
 * the giving node has too much to do             asked again until the deadline
 * the bytes are not those that were sent         CORRUPT; nobody tries again, for it is no accident on the way where there is TLS
 * there is no memory in this store               waits for it until the deadline, then STORE_FULL; at once if it can never fit
 * the deadline                                   TIMED_OUT for who has set it; the transfer ends with the last who waits
 * the fetching process dies                      its store takes its memory back; the giver's pin goes with the connection
 * the giving process dies                        as a connection that falls
 * </pre>
 */
package io.thornback.transfer;
