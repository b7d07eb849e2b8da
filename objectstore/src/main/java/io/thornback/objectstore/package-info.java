/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
/** The shared-memory object store. */
package io.thornback.objectstore;
