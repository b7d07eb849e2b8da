/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
/** The node: its session's files, the life of its roles, and the supervisor that starts, watches and stops them. */
package io.thornback.node;
