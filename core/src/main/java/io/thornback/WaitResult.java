/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback;

import java.util.List;

/**
 * What {@link Thornback#wait} found. Both lists are in the order of the question, and together hold all of it.
 *
 * @param ready values and failures that are there; never more than were asked for.
 * @param pending the others.
 * @param <T> type of the values.
 */
public record WaitResult<T>(List<ObjectRef<T>> ready, List<ObjectRef<T>> pending) {}
