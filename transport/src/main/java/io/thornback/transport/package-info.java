/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
/** Lanes on one host, connections between hosts. */
package io.thornback.transport;
