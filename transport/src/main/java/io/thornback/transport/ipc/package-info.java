/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
/** Lanes and inboxes: how processes of one host talk. */
package io.thornback.transport.ipc;
