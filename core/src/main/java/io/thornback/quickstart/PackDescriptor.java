/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.quickstart;

/**
 * Layout of a pack: many small files in one large object of the store. All numbers are little-endian. The directory
 * comes first, so a reader knows every file's place from the first page; the files follow back to back.
 *
 * <pre>
 * offset length type  field        meaning
 *      0      4 i32   magic        0x4B41_5054
 *      4      4 i32   version      1
 *      8      4 i32   count        files in this pack
 *     12      4 i32   length       of the pack in bytes, directory included
 *     16      8*n     directory    of each file: i32 offset from the start of the pack, i32 length
 * </pre>
 *
 * <p>The writer makes the pack in an object that nobody else can see before it is sealed, so there is no state in
 * between that a reader could meet. A reader checks all of it nevertheless ({@link PackReader}).
 */
final class PackDescriptor {
    static final int MAGIC = 0x4B41_5054;
    static final int VERSION = 1;

    static final int MAGIC_OFFSET = 0;
    static final int VERSION_OFFSET = 4;
    static final int COUNT_OFFSET = 8;
    static final int LENGTH_OFFSET = 12;
    static final int DIRECTORY_OFFSET = 16;
    static final int DIRECTORY_ENTRY_BYTES = 8;

    private PackDescriptor() {}

    /** Length of header and directory for {@code count} files. */
    static long directoryEnd(long count) {
        return DIRECTORY_OFFSET + count * DIRECTORY_ENTRY_BYTES;
    }
}
