/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.objectstore;

import java.util.Objects;

/**
 * What the store says of a sealed object.
 *
 * @param id of the object
 * @param sizeBytes of its data
 * @param metadataBytes beside the data
 * @param clientId number of the client that made it, which may have gone; 0 if unknown
 * @param idleSeconds since it was made or read last, as far as the store has noticed; 0 for what is on disk
 * @param isInMemory whether a get finds it without reading from disk
 */
public record ObjectInfo(
        ObjectId id, long sizeBytes, int metadataBytes, int clientId, int idleSeconds, boolean isInMemory) {
    /** Nothing may be missing. */
    public ObjectInfo {
        Objects.requireNonNull(id, "id");
    }
}
