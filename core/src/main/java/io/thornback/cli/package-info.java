/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
/**
 * The command line. Each command is a class with its flags; what it does lies in {@code io.thornback.node}. Flags are settings: the
 * configuration parses them, so a wrong value reads the same whether it came from a flag, a file or the environment.
 *
 * <p>Start-up time decides how the command line feels, so only the command that was named is made and looked at by picocli.
 */
package io.thornback.cli;
