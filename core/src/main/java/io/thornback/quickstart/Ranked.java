/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.quickstart;

/**
 * A key and how many references there are to it.
 *
 * @param key internal form: {@code java/lang/Object} or {@code java/lang/Object.hashCode:()I}
 * @param count constant-pool entries that name it
 */
public record Ranked(String key, long count) {}
