/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
/**
 * How values become bytes. One byte, the {@link io.thornback.serialization.Format}, travels with the bytes (in a message, or beside the object in
 * the store) and says how they are to be read.
 *
 * <p>Primitive arrays, strings and boxed numbers have plain little-endian forms that are copied once, straight into shared memory. Everything
 * else is written by Apache Fory. What a task threw is written so that it arrives as text at least.
 *
 * <p>Classes are found by the job's class loader, and any class of the job may be read: the processes of a node trust each other (they run as
 * one user and map the same memory).
 */
package io.thornback.serialization;
