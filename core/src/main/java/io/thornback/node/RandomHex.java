/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.node;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;

/** Unguessable digits, straight from the kernel: the JDK's SecureRandom loads its providers first, at a cost in start-up time. */
final class RandomHex {

    private RandomHex() {}

    /** As many random bytes, two hexadecimal digits each. */
    static String of(int bytes) {
        try (InputStream random = Files.newInputStream(Path.of("/dev/urandom"))) {
            return HexFormat.of().formatHex(random.readNBytes(bytes));
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read /dev/urandom", e);
        }
    }
}
