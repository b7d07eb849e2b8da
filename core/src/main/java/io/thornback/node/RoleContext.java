/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.node;

import io.thornback.config.Configuration;
import java.util.Map;
import java.util.Optional;

/** What a role is given, and how it reports. Safe for all threads. */
public interface RoleContext {

    /** Folders and files of the session. */
    SessionLayout session();

    /** The effective configuration. */
    Configuration configuration();

    /** How large everything is on this host, as the supervisor planned it. */
    NodePlan plan();

    /**
     * What a role that this one depends on told when it was ready.
     *
     * @param role for example "gcs"
     * @param name for example "port"
     * @throws IllegalStateException if this role declared no such dependency, or it told no such fact
     */
    String fact(String role, String name);

    /**
     * What an earlier process of this role told when it was ready, if this one was started in its place; there from the start of the
     * role on. Who knows of the earlier one should find this one by the same facts.
     */
    Optional<String> former(String name);

    /**
     * The role serves. Once.
     *
     * @param facts what those who depend on it need to know, for example the port; names without blanks or dots
     */
    void ready(Map<String, String> facts);

    /**
     * The role is not ready because it waits for something outside this node, and reports how that goes. The node's deadline for its
     * start is put off by the limit, once.
     *
     * @param what it waits for, for the operator, as in "waits for …"
     * @param limitMs how long it will wait at most
     */
    void waiting(String what, long limitMs);

    /** Of {@link #drain}: however long it takes. */
    long NO_LIMIT = -1;

    /**
     * Somebody in the cluster wants this node to finish what it has and stop then. The answer is that this role is drained as the others are. May be called at any time.
     *
     * @param limitMs when what is not finished is ended, or {@link #NO_LIMIT}
     * @param reason for the operator
     */
    void drain(long limitMs, String reason);

    /**
     * The cluster has declared this node dead and taken leave of it: the node comes down, and a new one takes its place where that
     * is the supervisor's to do. May be called at any time.
     *
     * @param reason what happened, for the operator
     */
    void expelled(String reason);

    /**
     * The role cannot go on; the node comes down. May be called at any time.
     *
     * @param reason what happened, for the operator
     * @param cause is logged; may be null
     */
    void failed(String reason, Throwable cause);
}
