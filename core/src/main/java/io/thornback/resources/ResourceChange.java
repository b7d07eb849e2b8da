/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.resources;

/**
 * One change of a node's resources, as {@link ResourceManager#history()} remembers it.
 *
 * @param version of the resources after it
 * @param timeNs when, by the manager's clock
 * @param kind what happened
 * @param amounts granted, given back, or the new totals
 */
public record ResourceChange(long version, long timeNs, Kind kind, ResourceSet amounts) {
    /** What happened. */
    public enum Kind {
        /** A request was granted. */
        GRANTED,
        /** A grant came back, in whole or in part. */
        RELEASED,
        /** The totals were replaced. */
        TOTAL
    }
}
