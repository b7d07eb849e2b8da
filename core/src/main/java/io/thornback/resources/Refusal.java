/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.resources;

/**
 * Why a request was not granted: the first resource, by name, of which there was too little.
 *
 * @param resource its name
 * @param asked how much the request wanted
 * @param available how much was free
 * @param total how much the node has in all
 */
public record Refusal(String resource, ResourceAmount asked, ResourceAmount available, ResourceAmount total) {
    /** Whether the node could grant it later, when others have given back. */
    public boolean isFeasible() {
        return asked.compareTo(total) <= 0;
    }

    public String message() {
        return isFeasible()
                ? "waits for " + resource + "=" + asked + ": available=" + available + " of " + total
                : "asks for " + resource + "=" + asked + ", but the node has " + total
                        + " in all; ask for less or add a node that has it";
    }
}
