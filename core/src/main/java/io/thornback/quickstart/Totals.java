/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.quickstart;

import java.util.Arrays;

/**
 * What was read, in numbers that simply add up.
 *
 * @param classes well-formed class files
 * @param classBytes their length
 * @param fields fields that they declare
 * @param methods methods that they declare
 * @param entriesByTag constant-pool entries by tag, {@link ClassFileReader#TAG_LIMIT} long
 * @param skipped files left out, by {@link SkipReason#index()}
 */
@SuppressWarnings("ArrayRecordComponent") // equals and hashCode look into the arrays
public record Totals(long classes, long classBytes, long fields, long methods, long[] entriesByTag, long[] skipped) {

    static Totals none() {
        return new Totals(0, 0, 0, 0, new long[ClassFileReader.TAG_LIMIT], new long[SkipReason.COUNT]);
    }

    Totals plus(Totals other) {
        return new Totals(
                classes + other.classes,
                classBytes + other.classBytes,
                fields + other.fields,
                methods + other.methods,
                sum(entriesByTag, other.entriesByTag),
                sum(skipped, other.skipped));
    }

    Totals plusSkipped(SkipReason reason, long files) {
        long[] more = skipped.clone();
        more[reason.index()] += files;
        return new Totals(classes, classBytes, fields, methods, entriesByTag, more);
    }

    /** All constant-pool entries. */
    public long entries() {
        return Arrays.stream(entriesByTag).sum();
    }

    /** All files left out. */
    public long skippedFiles() {
        return Arrays.stream(skipped).sum();
    }

    private static long[] sum(long[] a, long[] b) {
        long[] sum = a.clone();
        for (int i = 0; i < b.length; i++) {
            sum[i] += b[i];
        }
        return sum;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Totals that
                && classes == that.classes
                && classBytes == that.classBytes
                && fields == that.fields
                && methods == that.methods
                && Arrays.equals(entriesByTag, that.entriesByTag)
                && Arrays.equals(skipped, that.skipped);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(new long[] {classes, classBytes, fields, methods, Arrays.hashCode(entriesByTag)});
    }

    @Override
    public String toString() {
        return "classes=" + classes + ", classBytes=" + classBytes + ", fields=" + fields + ", methods=" + methods
                + ", entriesByTag=" + Arrays.toString(entriesByTag) + ", skipped=" + Arrays.toString(skipped);
    }
}
