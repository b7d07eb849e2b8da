/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.objectstore;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ArenaExtentsTest {
    private static final int PAGE = SizeClasses.PAGE_BYTES;

    /** Knows of each page whether it is there, and has so many and no more. */
    private static final class CountedPages implements ArenaPages {
        final BitSet there = new BitSet();
        int most;

        CountedPages(final int most) {
            this.most = most;
        }

        @Override
        public boolean reserve(final long offset, final long length) {
            final int from = (int) (offset / PAGE);
            final int end = (int) ((offset + length) / PAGE);
            final int missing = end - from - there.get(from, end).cardinality();
            if (there.cardinality() + missing > most) {
                return false;
            }
            there.set(from, end);
            return true;
        }

        @Override
        public void giveBack(final long offset, final long length) {
            there.clear((int) (offset / PAGE), (int) ((offset + length) / PAGE));
        }

        boolean covers(final long offset, final long length) {
            return there.nextClearBit((int) (offset / PAGE)) >= (offset + length) / PAGE;
        }
    }

    private record Range(long offset, long length) {}

    @Test
    void freeMemoryInPiecesIsNoReasonToRefuse() {
        final CountedPages pages = new CountedPages(16);
        final ArenaExtents extents = new ArenaExtents(16 * PAGE, 32 * PAGE, PAGE, pages);
        final List<Long> all = new ArrayList<>();
        for (int i = 0; i < 16; i++) {
            all.add(extents.allocate(PAGE));
        }
        assertEquals(ArenaExtents.NONE, extents.allocate(PAGE));
        for (int i = 0; i < 16; i += 2) {
            extents.free(all.get(i), PAGE);
        }
        assertEquals(8 * PAGE, extents.largestFreeBytes());
        assertEquals(ArenaExtents.NONE, extents.allocate(9 * PAGE));
        final long large = extents.allocate(8 * PAGE);
        assertTrue(large >= 0);
        assertTrue(pages.covers(large, 8 * PAGE));
        assertEquals(16, pages.there.cardinality());
        assertEquals(8 * PAGE, extents.givenBackBytes());
        for (int i = 1; i < 16; i += 2) {
            assertTrue(pages.covers(all.get(i), PAGE), "what is used keeps its pages");
        }
    }

    @Test
    void whenTheFileSystemIsFullThePagesThatThereAreAreUsed() {
        final CountedPages pages = new CountedPages(10);
        final ArenaExtents extents = new ArenaExtents(16 * PAGE, 32 * PAGE, PAGE, pages);
        final long first = extents.allocate(4 * PAGE);
        final long second = extents.allocate(4 * PAGE);
        assertEquals(ArenaExtents.NO_PAGES, extents.allocate(4 * PAGE));
        extents.free(first, 4 * PAGE);
        final long third = extents.allocate(5 * PAGE);
        assertTrue(third >= 0 && pages.covers(third, 5 * PAGE) && pages.covers(second, 4 * PAGE));
        assertEquals(ArenaExtents.NO_PAGES, extents.allocate(4 * PAGE));
        pages.most = 16;
        assertEquals(ArenaExtents.NO_PAGES, extents.allocate(4 * PAGE), "not asked for at each request");
        extents.retryPages();
        assertTrue(extents.allocate(4 * PAGE) >= 0);
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3})
    void whatIsUsedHasItsPagesAndNoMoreAreTakenThanAllowed(final long seed) {
        final Random random = new Random(seed);
        final int capacity = 512;
        final CountedPages pages = new CountedPages(seed == 3 ? 300 : capacity);
        final ArenaExtents extents = new ArenaExtents(capacity * PAGE, 2 * capacity * PAGE, 5 * PAGE, pages);
        final List<Range> used = new ArrayList<>();
        final BitSet taken = new BitSet();
        for (int step = 0; step < 50_000; step++) {
            final String where = "seed " + seed + " step " + step;
            if (random.nextInt(100) < (step % 5000 < 2500 ? 65 : 35)) {
                final long length = (long) PAGE * (1 + random.nextInt(1 + random.nextInt(60)));
                final long offset = extents.allocate(length);
                if (offset >= 0) {
                    final int from = (int) (offset / PAGE);
                    final int end = (int) ((offset + length) / PAGE);
                    assertEquals(0, taken.get(from, end).cardinality(), where);
                    taken.set(from, end);
                    used.add(new Range(offset, length));
                } else {
                    assertTrue(
                            seed == 3 || taken.cardinality() + length / PAGE > capacity, where + ": refused " + length);
                }
            } else if (!used.isEmpty()) {
                final Range range = used.remove(random.nextInt(used.size()));
                extents.free(range.offset, range.length);
                taken.clear((int) (range.offset / PAGE), (int) ((range.offset + range.length) / PAGE));
            }
            if (step % 100 == 0) {
                extents.retryPages();
                final BitSet missing = (BitSet) taken.clone();
                missing.andNot(pages.there);
                assertTrue(missing.isEmpty(), where + ": used without pages " + missing);
            }
            assertEquals((long) taken.cardinality() * PAGE, extents.usedBytes(), where);
            assertEquals((long) pages.there.cardinality() * PAGE, extents.pagedBytes(), where);
        }
    }

    @Test
    void whatIsOccupiedAfterARestartIsNotHandedOut() {
        final CountedPages pages = new CountedPages(64);
        pages.there.set(0, 40);
        final ArenaExtents extents = new ArenaExtents(64 * PAGE, 128 * PAGE, PAGE, pages);
        assertTrue(extents.occupy(10 * PAGE, 10 * PAGE));
        assertFalse(extents.occupy(19 * PAGE, PAGE));
        assertFalse(extents.occupy(127 * PAGE, 2 * PAGE), "beyond the end");
        extents.giveBackUnknown();
        assertEquals(10, pages.there.cardinality(), "what nobody uses has gone");
        assertEquals(10 * PAGE, extents.pagedBytes());
        assertEquals(0, extents.allocate(8 * PAGE));
        assertEquals(20 * PAGE, extents.allocate(46 * PAGE));
        extents.free(10 * PAGE, 10 * PAGE);
        assertThrows(IllegalStateException.class, () -> extents.free(10 * PAGE, 10 * PAGE));
        assertThrows(IllegalStateException.class, () -> extents.free(100 * PAGE, PAGE), "never used");
    }

    @Test
    void pagesAreReservedAheadOfUseAndWhenTheThreadIsBehindByTheOneWhoNeedsThem() {
        final CountedPages pages = new CountedPages(100);
        final ArenaExtents extents = new ArenaExtents(64 * PAGE, 128 * PAGE, 4 * PAGE, pages);
        assertNull(extents.claimAhead(4 * PAGE), "an unused arena costs nothing");
        assertEquals(0, extents.allocate(4 * PAGE));
        assertEquals(4 * PAGE, extents.allocate(4 * PAGE), "from the step that was reserved with the first");
        final ExtentAllocator.Extent first = extents.claimAhead(4 * PAGE);
        assertEquals(new ExtentAllocator.Extent(8 * PAGE, 4 * PAGE), first);
        final long behind = extents.allocate(2 * PAGE);
        assertEquals(12 * PAGE, behind, "what is being reserved is left alone");
        assertTrue(pages.covers(behind, 2 * PAGE));
        assertTrue(pages.reserve(first.offset(), first.length()));
        extents.ahead(first, true);
        assertEquals(8 * PAGE, extents.allocate(4 * PAGE), "now it has pages");
        assertEquals((long) pages.there.cardinality() * PAGE, extents.pagedBytes());
        final long backed = extents.pagedBytes() - extents.usedBytes();
        assertEquals(4 * PAGE, backed);
        assertNull(extents.claimAhead(4 * PAGE), "enough lies ready");
        extents.allocate(4 * PAGE);
        final ExtentAllocator.Extent second = extents.claimAhead(4 * PAGE);
        final long paged = extents.pagedBytes();
        extents.ahead(second, false);
        assertEquals(paged - 4 * PAGE, extents.pagedBytes(), "the file system was full");
        assertEquals(3 * PAGE, extents.claimAhead(4 * PAGE).length(), "not asked for as much again");
    }
}
