/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback;

/**
 * An amount of one resource, for {@link TaskCall#require} and {@link ActorCreation#require}. Immutable; any thread.
 *
 * @param name as the node was given it: {@code gpu}.
 * @param amount 0 or more, in steps of 1/10,000.
 */
public record Resource(String name, double amount) {
    /** Graphics processors, as {@link TaskCall#gpus} asks for them. */
    public static final String GPU = "gpu";

    /** An amount of a resource. */
    public static Resource of(final String name, final double amount) {
        return new Resource(name, amount);
    }
}
