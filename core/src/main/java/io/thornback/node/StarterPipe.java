/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.node;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;

/**
 * The supervisor's end of the pipe from whoever starts the node. What must be in no command line and no environment comes this way;
 * the pipe's end before KEEP means that the starter has gone, and the node goes too.
 */
final class StarterPipe {

    private static final long STACK_BYTES = 256 << 10;

    private final BufferedReader lines;

    StarterPipe(InputStream pipe) {
        this.lines = new BufferedReader(new InputStreamReader(pipe, StandardCharsets.UTF_8));
    }

    /**
     * The token, which is the first line of the starter of a node that joins. Waits for it as long as the starter lives.
     *
     * @throws NodeException if the starter has gone, or says something else
     */
    String awaitToken() throws IOException {
        String line = lines.readLine();
        if (line == null) {
            throw new NodeException("whoever started the node went away", "");
        }
        ControlLine said = ControlLine.parse(line);
        if (!said.verb().equals(ControlLine.TOKEN)) {
            throw new NodeException("the starter began with " + said.verb() + " in place of the token", "");
        }
        return said.value("text");
    }

    /** Begins to listen, on a thread of its own, until the node is kept or the starter has gone; that is told once. */
    void listen(Runnable onGone) {
        Thread thread = new Thread(null, () -> read(onGone), "starter", STACK_BYTES);
        thread.setDaemon(true);
        thread.start();
    }

    private void read(Runnable onGone) {
        try {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                if (line.equals(ControlLine.KEEP)) {
                    return;
                }
            }
        } catch (IOException e) {
            NodeLog.log().warn("cannot read the starter's pipe", e);
        }
        onGone.run();
    }
}
