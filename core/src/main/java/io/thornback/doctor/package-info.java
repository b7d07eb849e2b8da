/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
/**
 * Looks at a host before a node is started on it, or when one does not do well: {@code thornback doctor}.
 *
 * <p>A check is a function of the configuration and of a {@link io.thornback.doctor.Host}, which stands for everything that is read: files of
 * {@code /proc} and {@code /sys}, file systems, ports. So a test presents a host with a full disk or 64 MB of shared memory. A check changes
 * nothing, and reports one {@link io.thornback.doctor.Finding}: what was found and, where it is not well, what to do.
 */
package io.thornback.doctor;
