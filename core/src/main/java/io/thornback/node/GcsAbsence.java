/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.node;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.util.Optional;

/**
 * Since when a node's raylet has had no connection to the GCS. A file in the session's shared memory, which is there as long as that
 * lasts: writing it never waits for a disk, and whoever looks asks nobody.
 *
 * @param sinceMs since 1970
 * @param reason how the connection ended
 */
public record GcsAbsence(long sinceMs, String reason) {

    /** Writes that it begins. */
    public static void begin(SessionLayout session, long nowMs, String reason) throws IOException {
        PrivateFiles.writeAtomically(session.gcsAbsence(), nowMs + " " + reason.replace('\n', ' ') + "\n");
    }

    /** Writes that it is over, or that there was none. */
    public static void end(SessionLayout session) throws IOException {
        Files.deleteIfExists(session.gcsAbsence());
    }

    /** Looks; empty while the connection stands, or if nothing is known. */
    public static Optional<GcsAbsence> of(SessionLayout session) {
        try {
            String text = Files.readString(session.gcsAbsence(), StandardCharsets.UTF_8)
                    .strip();
            int blank = text.indexOf(' ');
            return Optional.of(new GcsAbsence(Long.parseLong(text.substring(0, blank)), text.substring(blank + 1)));
        } catch (IOException | NumberFormatException | StringIndexOutOfBoundsException e) {
            return Optional.empty(); // there is none, or the node has just stopped
        }
    }
}
