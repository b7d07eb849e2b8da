/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */

/**
 * The quickstart: a real job on real input, which shows a new user that the node works and how a program for it reads.
 *
 * <p>It counts which methods and types the class files of a JDK (or of any folder or jar) refer to: some 27,000 files,
 * 120 MB, a million and a half references to 170,000 distinct keys. It is written as a user's program would be, against
 * the public API alone.
 *
 * <h2>The flow</h2>
 *
 * <ol>
 *   <li>The driver lists the input ({@link io.thornback.quickstart.ClassFileInput}) and packs the files into objects of
 *       some 8 MiB ({@link io.thornback.quickstart.Pack}, layout in {@link io.thornback.quickstart.PackDescriptor}),
 *       each created at its exact length and written in place.
 *   <li>For every object a parse task runs while the driver packs the next one. It reads the class files where they lie
 *       in shared memory ({@link io.thornback.quickstart.ClassFileReader}) and answers with exact counts.
 *   <li>Reduce tasks join up to four results each, whose references are their arguments, in a tree.
 *   <li>An actor is told by each task what it has done; the driver shows that as progress.
 *   <li>The driver counts once more in the plain way ({@link io.thornback.quickstart.PlainCount}) and compares
 *       everything ({@link io.thornback.quickstart.Comparison}). A difference is an error.
 * </ol>
 *
 * <h2>Why the tables look as they do</h2>
 *
 * <p>A {@code Map<String, Long>} per task would be the shorter program. It would also be half a million strings and boxed
 * numbers that are made, serialized, read and made again at every level of the tree. Here a task keeps keys as slices
 * of bytes in one array ({@link io.thornback.quickstart.CountTable}), sorts them once
 * ({@link io.thornback.quickstart.KeySort}), and hands on one array of sorted, prefix-compressed keys with their counts
 * ({@link io.thornback.quickstart.SortedCounts}). Merging sorted arrays needs no table at all. All counts travel to the
 * root: what is rare in each chunk may be frequent in all of them, so the first N are chosen at the end, never before.
 *
 * <h2>Untrusted input</h2>
 *
 * <p>Class files are checked in every length and index. A file that is not well-formed adds nothing but one to its
 * {@link io.thornback.quickstart.SkipReason}, and work is linear in the input's size.
 */
package io.thornback.quickstart;
