/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.transport.wire;

/** The two numbers that peers compare before they exchange anything. Unequal means refused, in both directions. */
public final class WireVersion {
    /** Version of the layouts of inboxes and lanes. */
    public static final int LAYOUT = 1;

    /** Version of the message schema, the one that the generated codecs carry. */
    public static final int SCHEMA = MessageHeaderEncoder.SCHEMA_VERSION;

    private WireVersion() {}
}
