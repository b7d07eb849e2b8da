/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.node;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SeekableByteChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** The last lines of a role's log and output, for the message that says why it ended. */
public final class LogTail {

    private static final int TAIL_BYTES = 8 << 10;
    private static final int LINES = 10;
    private static final int LINE_LENGTH = 400;

    private LogTail() {}

    /** Up to ten lines of what the process wrote to standard error, then up to ten of its log. */
    public static List<String> of(SessionLayout session, String role) {
        List<String> lines = new ArrayList<>(last(session.out(role)));
        lines.addAll(last(session.log(role)));
        return lines;
    }

    /** Up to ten last lines; a file that cannot be read has none. */
    public static List<String> last(Path file) {
        byte[] bytes;
        try (SeekableByteChannel channel = Files.newByteChannel(file)) {
            long from = Math.max(0, channel.size() - TAIL_BYTES);
            ByteBuffer buffer = ByteBuffer.allocate((int) (channel.size() - from));
            channel.position(from);
            int count;
            do {
                count = channel.read(buffer);
            } while (count > 0 && buffer.hasRemaining());
            bytes = java.util.Arrays.copyOf(buffer.array(), buffer.position());
        } catch (IOException e) {
            return List.of(); // the message that this is for names the file
        }
        List<String> lines = new String(bytes, StandardCharsets.UTF_8).lines().toList();
        return lines.subList(Math.max(0, lines.size() - LINES), lines.size()).stream()
                .map(line -> line.length() > LINE_LENGTH ? line.substring(0, LINE_LENGTH) + "…" : line)
                .toList();
    }
}
