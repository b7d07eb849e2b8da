/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.serialization;

import io.thornback.objectstore.ObjectId;

/**
 * A reference inside a value that was written.
 *
 * @param object what it refers to.
 * @param reference itself: while it is reachable, this process holds the object.
 */
public record Contained(ObjectId object, Object reference) {}
