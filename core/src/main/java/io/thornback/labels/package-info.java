/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
/**
 * Labels of nodes and the conditions that requests have on them. Keys and values are checked where they come in ({@link io.thornback.Label});
 * a node's labels are owned by its raylet ({@link io.thornback.labels.LabelManager}) and reach the GCS with its heartbeats.
 */
package io.thornback.labels;
