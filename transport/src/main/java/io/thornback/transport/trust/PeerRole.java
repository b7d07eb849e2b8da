/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.transport.trust;

import java.util.List;

/** What a certificate says that its owner is. Its URI, in the subject's alternative names, names the cluster too. */
public enum PeerRole {
    /** The control service of the head. */
    GCS("gcs"),
    /** A node that has joined. */
    NODE("node");

    private static final String SCHEME = "thornback://";
    /** The type of a URI among alternative names, RFC 5280, 4.2.1.6. */
    private static final Integer URI = 6;

    private final String path;

    PeerRole(String path) {
        this.path = path;
    }

    String uri(String clusterId) {
        return uriBelow(authorityUri(clusterId));
    }

    String uriBelow(String authorityUri) {
        return authorityUri + "/" + path;
    }

    static String authorityUri(String clusterId) {
        return SCHEME + clusterId;
    }

    /** The cluster that the authority's URI names. */
    static String clusterIdOf(String authorityUri) {
        if (!authorityUri.startsWith(SCHEME)) {
            throw new IllegalArgumentException("it names no cluster of Thornback: '" + authorityUri + "'");
        }
        return authorityUri.substring(SCHEME.length());
    }

    /** The one URI among a certificate's alternative names; empty if there is none, or more than one. */
    static String uriIn(Iterable<List<?>> alternativeNames) {
        String found = "";
        if (alternativeNames != null) {
            for (List<?> name : alternativeNames) {
                if (name.get(0).equals(URI)) {
                    if (!found.isEmpty()) {
                        return "";
                    }
                    found = (String) name.get(1);
                }
            }
        }
        return found;
    }
}
