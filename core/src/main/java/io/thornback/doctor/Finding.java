/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.doctor;

/**
 * What one check found.
 *
 * @param check its name, as in "shared memory"
 * @param result how it is
 * @param found the value that was found, and where it is from
 * @param remedy what to do; empty if it is well
 */
public record Finding(String check, Result result, String found, String remedy) {

    /** How it is. */
    public enum Result {
        /** Well. */
        OK,
        /** A node starts, and something about it will be worse than it could be. */
        WARN,
        /** A node does not start, or will not do what it promises. */
        FAIL
    }

    static Finding ok(String check, String found) {
        return new Finding(check, Result.OK, found, "");
    }

    static Finding warn(String check, String found, String remedy) {
        return new Finding(check, Result.WARN, found, remedy);
    }

    static Finding fail(String check, String found, String remedy) {
        return new Finding(check, Result.FAIL, found, remedy);
    }
}
