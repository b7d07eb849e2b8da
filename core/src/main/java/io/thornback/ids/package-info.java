/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
/**
 * Identities, with the widths Ray uses: JobId 4 bytes, ActorId 16 (12 random + job), TaskId 24 (8 unique + actor), NodeId 28.
 * An object's id ({@code io.thornback.objectstore.ObjectId}, 28 bytes) is the id of the task that makes it plus an index, so a
 * result can be named before its task has run, and names what can make it again. All are immutable values.
 */
package io.thornback.ids;
