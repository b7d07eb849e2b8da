/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.quickstart;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ReadableNamesTest {
    @Test
    void writesMethodsAsAPersonWould() {
        assertEquals("java.util.List.get(int)", ReadableNames.method("java/util/List.get:(I)Ljava/lang/Object;"));
        assertEquals("a.B.<init>()", ReadableNames.method("a/B.<init>:()V"));
        assertEquals(
                "B.m(long, String[][], Map$Entry, byte[])",
                ReadableNames.method("B.m:(J[[Ljava/lang/String;Ljava/util/Map$Entry;[B)V"));
        assertEquals("[I.clone()", ReadableNames.method("[I.clone:()Ljava/lang/Object;"));
        assertEquals("java.lang.Object", ReadableNames.type("java/lang/Object"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"", "x", "a.b:(", "a.b:(L", "a.b:([", "a.b:(Lx", "a.b:(Q)V", "a.b:I", "ab:()V", ":(", ".:("})
    void leavesWhatIsNotOfTheUsualForm(String key) {
        assertEquals(key, ReadableNames.method(key));
    }

    @Test
    void controlCharactersDoNotReachATerminal() {
        assertEquals("a\\u001b[2Jb", ReadableNames.type("a\u001b[2Jb"));
        assertEquals("\\u202ex\\u000a", ReadableNames.type("\u202ex\n"));
        assertEquals("é\\u0000\\ud83d", ReadableNames.type("é\0\ud83d"));
    }
}
