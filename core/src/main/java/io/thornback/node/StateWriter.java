/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.node;

import java.io.PrintWriter;

/** Writes down what a node does, from outside: what is written asks no process that may be stuck. */
public interface StateWriter {

    /** Writes all of it. A part that cannot be had is named, with the reason. */
    void write(NodeFile node, PrintWriter out);
}
