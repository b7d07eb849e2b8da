/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.quickstart;

import java.nio.charset.StandardCharsets;

/** The keywords of the primitive element types of arrays, by their letter in a descriptor (§4.3.2). */
final class PrimitiveNames {
    private static final byte[][] BY_LETTER = new byte[128][];

    static {
        put('B', "byte");
        put('C', "char");
        put('D', "double");
        put('F', "float");
        put('I', "int");
        put('J', "long");
        put('S', "short");
        put('Z', "boolean");
    }

    private PrimitiveNames() {}

    /** The keyword's bytes, not to be written, or null if the letter is not one of a primitive type. */
    static byte[] of(byte letter) {
        return letter < 0 ? null : BY_LETTER[letter];
    }

    private static void put(char letter, String keyword) {
        BY_LETTER[letter] = keyword.getBytes(StandardCharsets.US_ASCII);
    }
}
