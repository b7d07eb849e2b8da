/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.quickstart;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The class files below a folder and in the jars below it (not in jars inside jars). Symbolic links are not followed, so
 * there are no cycles; what is not a regular file is not touched.
 */
final class FolderInput implements ClassFileInput {
    private static final Logger LOG = LoggerFactory.getLogger(FolderInput.class);

    private final Path root;
    private final List<JarInput> jars = new ArrayList<>();

    FolderInput(Path root) {
        this.root = root;
    }

    @Override
    public String description() {
        return "the class files in " + root;
    }

    @Override
    public void list(Listener listener) throws IOException {
        Files.walkFileTree(root, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult visitFile(Path path, BasicFileAttributes attributes) throws IOException {
                visit(path, attributes, listener);
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFileFailed(Path path, IOException e) {
                LOG.debug("leaving out {}", path, e);
                listener.onSkipped(path.toString(), SkipReason.UNREADABLE);
                return FileVisitResult.CONTINUE;
            }
        });
    }

    private void visit(Path path, BasicFileAttributes attributes, Listener listener) throws IOException {
        if (!attributes.isRegularFile()) {
            return;
        }
        if (ClassFileInput.isClassFile(path.toString())) {
            ClassFileInput.report(listener, new PlainFile(path, (int) attributes.size()), attributes.size());
        } else if (ClassFileInput.isArchive(path)) {
            visitJar(path, listener);
        } else {
            listener.onOtherFile(path.toString());
        }
    }

    private void visitJar(Path path, Listener listener) throws IOException {
        JarInput jar;
        try {
            jar = new JarInput(path);
        } catch (IOException e) {
            LOG.debug("leaving out {}", path, e);
            listener.onSkipped(path.toString(), SkipReason.UNREADABLE);
            return;
        }
        jars.add(jar);
        jar.list(listener);
    }

    @Override
    public void close() throws IOException {
        for (JarInput jar : jars) {
            jar.close();
        }
    }

    private static final class PlainFile implements ClassFile {
        private final Path path;
        private final int sizeBytes;

        PlainFile(Path path, int sizeBytes) {
            this.path = path;
            this.sizeBytes = sizeBytes;
        }

        @Override
        public String name() {
            return path.toString();
        }

        @Override
        public int sizeBytes() {
            return sizeBytes;
        }

        @Override
        public int copyTo(ByteBuffer target) throws IOException {
            int start = target.position();
            try (FileChannel channel = FileChannel.open(path)) {
                while (target.hasRemaining() && channel.read(target) >= 0) {
                    // until the file's end or the target's
                }
            }
            return target.position() - start;
        }
    }
}
