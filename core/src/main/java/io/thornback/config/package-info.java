/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
/**
 * Configuration: one immutable record per component, made from settings that hold key, default, range, text and parser in
 * one place.
 *
 * <p>{@link io.thornback.config.ConfigurationSources} collects what was said (file, environment, system properties, flags;
 * the last wins), {@link io.thornback.config.Configuration} parses it. Parsing reads no file and asks nothing of the host:
 * whether 30% is enough memory, or a folder writable, is for those who use the value. All errors are reported at once. An
 * unknown key is an error in every source, because a value that silently does nothing is worse than a start that fails.
 *
 * <p>A configuration goes from the command line to the supervisor, and from there to the roles, as the list of what differs
 * from the defaults together with its origins ({@link io.thornback.config.Configuration#encode}), so every process of a node
 * has the same values and nobody reads the environment a second time.
 */
package io.thornback.config;
