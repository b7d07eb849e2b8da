/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.resources;

/** More was asked for than the host has. The message is one line: what was asked, the limit, its source, the remedy. */
public final class MemoryPlanException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    MemoryPlanException(String message) {
        super(message);
    }
}
