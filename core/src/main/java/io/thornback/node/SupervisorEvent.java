/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.node;

/**
 * What the supervisor's thread waits for.
 *
 * @param kind what happened
 * @param role to which role; empty where it is about the node
 * @param line what a role said, or null
 * @param process that said it: a role may have another by the time that its words arrive; null if it has none
 */
record SupervisorEvent(Kind kind, String role, ControlLine line, RoleProcess process) {

    enum Kind {
        /** A role wrote a line to its status pipe. */
        STATUS,
        /** A role's process has ended. */
        EXITED,
        /** A signal asks the node to stop. */
        STOP,
        /** A signal asks the node to stop when all that it has taken on is done. */
        DRAIN,
        /** A signal asks for the configuration to be read again, and logs to be opened again. */
        RELOAD,
        /** Whoever started the node is gone without having taken the report. */
        STARTER_GONE,
        /** Something in the supervisor itself broke. */
        BROKEN
    }

    static SupervisorEvent status(RoleProcess process, ControlLine line) {
        return new SupervisorEvent(Kind.STATUS, process.name(), line, process);
    }

    /** Said by a role that is no process of its own. */
    static SupervisorEvent status(String role, ControlLine line) {
        return new SupervisorEvent(Kind.STATUS, role, line, null);
    }

    static SupervisorEvent exited(String role) {
        return new SupervisorEvent(Kind.EXITED, role, null, null);
    }

    static SupervisorEvent of(Kind kind) {
        return new SupervisorEvent(kind, "", null, null);
    }
}
