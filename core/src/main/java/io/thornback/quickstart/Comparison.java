/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.quickstart;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;

/**
 * Compares the job's result with the plain count, entry by entry, and names the first differences; and gives the result
 * a digest by which two runs can be compared. Pure functions.
 */
final class Comparison {
    private static final int MAX_DIFFERENCES = 20;

    private Comparison() {}

    /** What differs, in words; empty if nothing does. At most twenty entries, the last of which says if there are more. */
    static List<String> differences(Counts job, PlainCount plain) {
        List<String> found = new ArrayList<>();
        if (!job.totals().equals(plain.totals())) {
            found.add("totals: job " + job.totals() + ", plain count " + plain.totals());
        }
        compare("method", job.methods(), plain.methods(), found);
        compare("type", job.types(), plain.types(), found);
        return found;
    }

    /** Each key of the job must be in the plain count, with the same number; then equal sizes mean equal sets. */
    private static void compare(String kind, byte[] job, Map<String, Long> plain, List<String> found) {
        SortedCountsCursor cursor = new SortedCountsCursor(job);
        long different = 0;
        while (cursor.next()) {
            String key = ModifiedUtf8.decode(cursor.key(), 0, cursor.keyLength());
            Long expected = plain.get(key);
            if (expected == null || expected != cursor.count()) {
                different++;
                note(
                        found,
                        kind + " " + key + ": job " + cursor.count() + ", plain count "
                                + (expected == null ? "none" : expected));
            }
        }
        if (SortedCounts.entries(job) != plain.size()) {
            found.add("distinct " + kind + "s: job " + SortedCounts.entries(job) + ", plain count " + plain.size());
        }
        if (different > 0) {
            found.add(kind + "s with another count: " + different);
        }
    }

    private static void note(List<String> found, String difference) {
        if (found.size() < MAX_DIFFERENCES) {
            found.add(difference);
        }
    }

    /**
     * SHA-256 of the totals and of both tables in key order, each entry as its key, a zero byte, and its count as eight
     * bytes. It depends on the input alone: not on chunks, workers, or the order in which tasks ended.
     */
    static String digest(Counts counts) {
        try {
            MessageDigest sha = MessageDigest.getInstance("SHA-256");
            sha.update(counts.totals().toString().getBytes(StandardCharsets.UTF_8));
            update(sha, counts.methods());
            update(sha, counts.types());
            return HexFormat.of().formatHex(sha.digest());
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }

    private static void update(MessageDigest sha, byte[] table) {
        SortedCountsCursor cursor = new SortedCountsCursor(table);
        ByteBuffer tail = ByteBuffer.allocate(1 + Long.BYTES);
        while (cursor.next()) {
            sha.update(cursor.key(), 0, cursor.keyLength());
            sha.update(tail.putLong(1, cursor.count()).array());
        }
    }
}
