/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.transfer;

/** What somebody waits for an object with; the first goes first. */
public enum PullPriority {
    /** A program stands still until it has the object. */
    GET,
    /** A program wants to know when the object is there. */
    WAIT,
    /** A task cannot begin without it; others may. */
    ARGUMENT
}
