/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.runtime;

/**
 * How a call is to be made, as far as it concerns the worker that makes it and not the raylet; travels with the specification.
 *
 * @param returns 0: the result is one object; else it is a list or an array, and each of its so many elements is an object.
 */
public record CallOptions(int returns) {}
