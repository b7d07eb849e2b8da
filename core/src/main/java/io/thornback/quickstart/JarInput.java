/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.quickstart;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Enumeration;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;

/** The class files in one jar, every entry by its name in the archive. */
final class JarInput implements ClassFileInput {
    private final Path path;
    private final ZipFile zip;
    private final byte[] transfer = new byte[16 * 1024];

    JarInput(Path path) throws IOException {
        this.path = path;
        this.zip = new ZipFile(path.toFile());
    }

    @Override
    public String description() {
        return "the class files in " + path;
    }

    @Override
    public void list(Listener listener) throws IOException {
        Enumeration<? extends ZipEntry> entries = zip.entries();
        while (entries.hasMoreElements()) {
            ZipEntry entry = entries.nextElement();
            String name = path + "!/" + entry.getName();
            if (entry.isDirectory()) {
                continue;
            }
            if (!ClassFileInput.isClassFile(name)) {
                listener.onOtherFile(name);
            } else if (entry.getSize() < 0) {
                listener.onSkipped(name, SkipReason.UNREADABLE);
            } else {
                ClassFileInput.report(listener, new Member(name, entry), entry.getSize());
            }
        }
    }

    @Override
    public void close() throws IOException {
        zip.close();
    }

    private final class Member implements ClassFile {
        private final String name;
        private final ZipEntry entry;

        Member(String name, ZipEntry entry) {
            this.name = name;
            this.entry = entry;
        }

        @Override
        public String name() {
            return name;
        }

        @Override
        public int sizeBytes() {
            return (int) entry.getSize();
        }

        @Override
        public int copyTo(ByteBuffer target) throws IOException {
            int start = target.position();
            try (InputStream in = zip.getInputStream(entry)) {
                int n = 0;
                while (target.hasRemaining() && n >= 0) {
                    n = in.read(transfer, 0, Math.min(transfer.length, target.remaining()));
                    if (n > 0) {
                        target.put(transfer, 0, n);
                    }
                }
            }
            return target.position() - start;
        }
    }
}
