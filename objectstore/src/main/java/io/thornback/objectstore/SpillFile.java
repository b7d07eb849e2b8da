/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.objectstore;

import java.nio.file.Path;

/** What the writing thread knows of one spill file. One thread, but for number and path. */
final class SpillFile {
    final int number;
    final int directory;
    final Path path;
    /** Where the next record begins. */
    long length = SpillDescriptor.RECORDS_OFFSET;
    /** Bytes of dead records that were given back. */
    long punched;
    /** Records that are not dead. */
    int live;

    SpillFile(final int number, final int directory, final Path path) {
        this.number = number;
        this.directory = directory;
        this.path = path;
    }

    long diskBytes() {
        return length - punched;
    }
}
