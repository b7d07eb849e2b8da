/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
/**
 * Logging of a node's processes: SLF4J in the code, Logback behind it, one file per process in the session's {@code logs}.
 *
 * <p>Logback is configured in code because start-up time is what a user waits for: no XML parser, no pattern parser, no search
 * for files. A process says who it is by system properties that its parent sets on the command line; a process without them (an
 * application) is left alone.
 */
package io.thornback.logging;
