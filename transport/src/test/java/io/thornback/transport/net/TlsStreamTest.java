/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.transport.net;

import io.thornback.transport.trust.JoinToken;

/** All that streams promise, over TLS. */
class TlsStreamTest extends StreamTest {
    @Override
    NetAccess access() {
        return EncryptedCluster.access(TOKEN);
    }

    @Override
    JoinToken token(String secret) {
        return EncryptedCluster.token(secret);
    }
}
