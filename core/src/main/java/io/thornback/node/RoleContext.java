/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.node;

import io.thornback.config.Configuration;
import java.util.Map;

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
     * The role serves. Once.
     *
     * @param facts what those who depend on it need to know, for example the port; names without blanks or dots
     */
    void ready(Map<String, String> facts);

    /**
     * The role cannot go on; the node comes down. May be called at any time.
     *
     * @param reason what happened, for the operator
     * @param cause is logged; may be null
     */
    void failed(String reason, Throwable cause);
}
