/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.cli;

import io.thornback.node.NodeFile;
import io.thornback.node.NodeStarter;
import io.thornback.posix.PosixException;
import io.thornback.posix.ProcessIdentity;
import io.thornback.posix.SdNotify;
import io.thornback.posix.SignalHandlers;
import io.thornback.posix.Signals;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.List;
import java.util.OptionalInt;
import java.util.OptionalLong;

/**
 * Stays with a node until it has ended, as the main process of a service or a container: tells systemd how it is, feeds its watchdog only while every role
 * is healthy, and passes signals on. The node ends with this process, however that ends.
 */
final class Foreground {
    private static final Duration LOOK = Duration.ofSeconds(5);

    private final NodeStarter starter;
    private final ForegroundStart start;
    private final PrintWriter err;
    private String lastSaid = "";
    /** How often it was asked to end the node, and since when; guarded by this. */
    private int asked;

    private long askedNs;

    Foreground(NodeStarter starter, ForegroundStart start, PrintWriter err) {
        this.starter = starter;
        this.start = start;
        this.err = err;
    }

    /** Returns when the node has ended; the result is the exit code of its supervisor. */
    int await() {
        SignalHandlers.on("TERM", this::stop);
        SignalHandlers.on("INT", this::stop);
        SignalHandlers.on("HUP", () -> starter.signal(Signals.HUP));
        SignalHandlers.on("USR1", () -> starter.signal(Signals.USR1));
        start.end();
        NodeFile node = starter.node();
        say(SdNotify.READY + "\n"
                + status("node " + node.nodeId().substring(0, 12) + " is ready, GCS at " + node.gcsAddress()));
        OptionalLong watchdogUs =
                SdNotify.watchdogUs(System.getenv(), ProcessIdentity.current().pid());
        Duration pause = watchdogUs.isPresent() && watchdogUs.getAsLong() / 3 < LOOK.toMillis() * 1000
                ? Duration.ofNanos(watchdogUs.getAsLong() * 1000 / 3)
                : LOOK;
        OptionalInt end = starter.awaitEnd(pause);
        while (end.isEmpty() && !isLate()) {
            look(node, watchdogUs.isPresent());
            end = starter.awaitEnd(pause);
        }
        return end.orElse(CliErrors.FAILED);
    }

    private synchronized boolean isAsked() {
        return asked > 0;
    }

    /** The supervisor keeps its own deadlines; this is for one that hangs. It ends when this process does. */
    private synchronized boolean isLate() {
        return isAsked() && System.nanoTime() - askedNs > starter.stopLimit().toNanos();
    }

    private void look(NodeFile started, boolean isWatched) {
        List<String> ill = NodeHealth.of(started.session().dir());
        String text = ill.isEmpty() ? "running, GCS at " + started.gcsAddress() : "not well: " + String.join("; ", ill);
        if (!isAsked() && !text.equals(lastSaid)) {
            lastSaid = text;
            say(status(text));
            if (!ill.isEmpty()) {
                err.println("thornback: " + text);
                err.flush();
            }
        }
        if (isWatched && ill.isEmpty()) {
            say(SdNotify.WATCHDOG);
        }
    }

    static String status(String text) {
        return "STATUS=" + text.replace('\n', ' ');
    }

    private void say(String state) {
        say(state, err);
    }

    static void say(String state, PrintWriter err) {
        try {
            SdNotify.send(state);
        } catch (PosixException e) {
            err.println("thornback: systemd is not told '" + state.replace('\n', ' ') + "': " + e.getMessage());
            err.flush();
        }
    }

    /** SIGTERM or SIGINT has come: the node finishes its tasks and stops, in order; if one comes again, it stops now. */
    private synchronized void stop() {
        if (asked == 0) {
            askedNs = System.nanoTime();
            say(SdNotify.STOPPING + "\n" + status("stopping") + "\n" + SdNotify.extendTimeout(starter.stopLimit()));
        }
        starter.signal(asked == 0 ? Signals.TERM : Signals.INT); // not the same twice, which the kernel might make one
        asked++;
    }
}
