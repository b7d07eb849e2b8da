/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
/**
 * How values become bytes. One byte, the {@link io.thornback.serialization.Format}, travels with the bytes (in a message, or beside the object in
 * the store) and says how they are to be read.
 *
 * <p>Primitive arrays, strings and boxed numbers have plain little-endian forms that are copied once, straight into shared memory. Everything
 * else is written by Apache Fory, and the large arrays and byte buffers in it stand behind it ({@link io.thornback.serialization.OutOfBand}): they are copied once on the way out. Reading
 * copies an array once more, as every Java array; a byte buffer is read in place, read-only, and pins the object while it is reachable. What a task threw is written so that it arrives as
 * text at least.
 *
 * <p>Classes are found by the job's class loader. Any class of the job may be read, unless the driver lists those that may ({@link io.thornback.serialization.ClassFilter}); then others are
 * refused on both sides. That guards against mistakes, and against bytes that a program took from elsewhere; it is no wall between the processes of a node, which trust each other (they run
 * as one user and map the same memory).
 */
package io.thornback.serialization;
