/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.quickstart;

/**
 * A key and how many class files refer to it.
 *
 * @param key internal form: {@code java/lang/Object} or {@code java/lang/Object.hashCode:()I}
 * @param count class files whose constant pool holds it
 */
public record Ranked(String key, long count) {}
