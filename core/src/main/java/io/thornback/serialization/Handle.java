/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.serialization;

import io.thornback.objectstore.ObjectId;
import java.util.function.Function;

/**
 * A type whose instances stand for something elsewhere (a reference to an object or an actor), and how they travel inside values.
 *
 * @param type the concrete class.
 * @param write gives the bytes, and may note that the reference has left the process.
 * @param read makes an instance of this process.
 * @param object the object that it refers to, or null: whoever stores the value says what it contains.
 * @param <T> the concrete class.
 */
public record Handle<T>(
        Class<T> type, Function<T, byte[]> write, Function<byte[], T> read, Function<T, ObjectId> object) {}
