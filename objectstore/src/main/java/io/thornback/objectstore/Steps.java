/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.objectstore;

/**
 * The places between two stores to shared memory at which a process may die. Nothing happens there: this method is empty, and the compiler makes nothing of
 * it. The tests have a class of the same name, earlier on the class path, that ends the process at a step of their choice.
 */
final class Steps {
    private Steps() {}

    /** The process has come to a step. */
    @SuppressWarnings("unused") // the one of the tests uses it
    static void reached(final Step step) {}
}
