/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
/**
 * How a method reference becomes something another JVM can call. The compiler's {@link java.lang.invoke.SerializedLambda} names class,
 * method and signature; nothing of the lambda's own class is sent. A lambda that captured a value is refused when it is submitted, because the value
 * would be silently lost.
 */
package io.thornback.function;
