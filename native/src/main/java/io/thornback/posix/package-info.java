/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
/** What Thornback asks of the operating system, through JNR-POSIX and JNR-FFI. */
package io.thornback.posix;
