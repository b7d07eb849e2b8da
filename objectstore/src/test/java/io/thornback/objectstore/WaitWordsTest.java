/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.objectstore;

import static io.thornback.objectstore.StoreFixture.LONG;
import static io.thornback.objectstore.StoreFixture.bytes;
import static io.thornback.objectstore.StoreFixture.eventually;
import static io.thornback.objectstore.StoreFixture.id;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.thornback.posix.MappedFile;
import io.thornback.transport.wire.MessageHeaderEncoder;
import io.thornback.transport.wire.RefusalCode;
import io.thornback.transport.wire.RefusedEncoder;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.agrona.ExpandableArrayBuffer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class WaitWordsTest {
    private Path folder;
    private MappedFile file;
    private WaitWords words;

    @BeforeEach
    void map() {
        folder = StoreFixture.folder();
        file = MappedFile.create(folder.resolve("pins"), PinTableDescriptor.fileLength(16));
        words = new WaitWords(file.address());
    }

    @AfterEach
    void unmap() {
        file.close();
        StoreFixture.deleteFolder(folder);
    }

    @Test
    void thereAreSoManyAndEachIsOnesOwn() {
        for (int i = 0; i < PinTableDescriptor.WAIT_WORDS; i++) {
            assertEquals(i, words.claim());
        }
        assertEquals(WaitWords.NONE, words.claim());
        words.release(17);
        assertEquals(17, words.claim());
        assertEquals(2, words.sequence(17));
    }

    @Test
    void whoComesLateChangesNothing() {
        final int word = words.claim();
        final int first = words.sequence(word);
        assertFalse(words.isSignalled(word));
        words.signal(word, first);
        assertTrue(words.isSignalled(word));
        words.await(word, Long.MAX_VALUE / 2);
        words.release(word);
        assertEquals(word, words.claim());
        words.signal(word, first);
        assertFalse(words.isSignalled(word), "the signal was for the wait before");
    }

    @Test
    void anAnswerIsOfOneWaitAndNoOther() {
        final int word = words.claim();
        final int first = words.sequence(word);
        assertTrue(WaitWords.answer(file.address(), word, first, 111));
        assertTrue(words.isSignalled(word));
        assertEquals(111, words.answer(word));
        assertFalse(words.abandon(word), "it has been answered");
        assertFalse(WaitWords.answer(file.address(), word, first, 222), "once");
        assertEquals(111, words.answer(word));
        words.release(word);
        assertEquals(word, words.claim());
        assertFalse(WaitWords.answer(file.address(), word, first, 333), "that wait is over");
        assertFalse(words.isSignalled(word));
        assertTrue(words.abandon(word));
        assertFalse(WaitWords.answer(file.address(), word, words.sequence(word), 444), "nobody waits any more");
    }

    /** Memory for two at a time, and hardly any patience: grants, refusals and time-outs meet. */
    @Test
    void memoryThatIsGrantedWhenItsTimeIsOverIsNotLost() {
        final int threads = 8;
        final ExecutorService executor = Executors.newFixedThreadPool(threads);
        try (StoreFixture store = new StoreFixture(8L << 20)) {
            final ObjectStoreClient client = store.client();
            final List<CompletableFuture<Integer>> made = new ArrayList<>();
            for (int thread = 0; thread < threads; thread++) {
                final int number = thread;
                made.add(CompletableFuture.supplyAsync(() -> makeMany(client, number), executor));
            }
            int all = 0;
            for (final CompletableFuture<Integer> count : made) {
                all += count.join();
            }
            assertTrue(all > 0, "some were made");
            client.create(id(1), 8L << 20, LONG).close();
            assertEquals(0, client.requests.words().inUse());
            client.flush(LONG);
            eventually("all is free", () -> store.counters().leasedBytes() == 0);
        } finally {
            executor.shutdownNow();
        }
    }

    private static int makeMany(final ObjectStoreClient client, final int number) {
        final Random random = new Random(number);
        int made = 0;
        for (int i = 0; i < 300; i++) {
            final ObjectId id = id(2, number * 1000L + i, 0);
            try (WritableObject object = client.create(id, 3L << 20, Duration.ofNanos(random.nextInt(400_000)))) {
                object.putLong(0, i);
                object.seal();
                client.delete(id);
                made++;
            } catch (final StoreFullException e) {
                assertTrue(e.wantedBytes() > 0, e.getMessage());
            }
        }
        return made;
    }

    @Test
    void aRefusalEndsTheWait() {
        final Replies replies = new Replies(ignored -> {}, ignored -> {}, null);
        final WordReply reply = replies.expect(new WordReply(replies.nextCorrelationId(), words, words.claim()));
        final CompletableFuture<Boolean> waiting = CompletableFuture.supplyAsync(
                () -> replies.await(reply, System.nanoTime() + LONG.toNanos(), () -> true));
        final ExpandableArrayBuffer buffer = new ExpandableArrayBuffer();
        final RefusedEncoder refused = new RefusedEncoder();
        refused.wrapAndApplyHeader(buffer, 0, new MessageHeaderEncoder())
                .correlationId(reply.correlationId)
                .code(RefusalCode.DRAINING)
                .limitValue(0)
                .message("enough");
        replies.onMessage(RefusedEncoder.TEMPLATE_ID, buffer, 0, StoreMessages.HEADER_LENGTH + refused.encodedLength());
        final CompletionException e = assertThrows(CompletionException.class, waiting::join);
        assertInstanceOf(StoreRefusedException.class, e.getCause());
    }

    @Test
    void theDeathOfTheStoreEndsTheWait() {
        final Replies replies = new Replies(ignored -> {}, ignored -> {}, null);
        final WordReply reply = replies.expect(new WordReply(replies.nextCorrelationId(), words, words.claim()));
        assertThrows(
                StoreUnavailableException.class,
                () -> replies.await(reply, System.nanoTime() + 300_000_000L, () -> false));
    }

    @Test
    void moreThreadsThanWordsWait() {
        final int threads = PinTableDescriptor.WAIT_WORDS + 36;
        final ExecutorService executor = Executors.newCachedThreadPool();
        try (StoreFixture store = new StoreFixture(16L << 20)) {
            final ObjectStoreClient reader = store.client();
            final ObjectStoreClient writer = store.client();
            for (int round = 0; round < 5; round++) {
                final List<CompletableFuture<Integer>> gets = new ArrayList<>();
                for (int i = 0; i < threads; i++) {
                    final ObjectId id = id(1, round, i / 2);
                    gets.add(CompletableFuture.supplyAsync(
                            () -> {
                                try (ObjectBuffer object = reader.get(id, LONG)) {
                                    return (int) object.length();
                                }
                            },
                            executor));
                }
                for (int i = 0; i < threads / 2; i++) {
                    writer.put(id(1, round, i), bytes(i, 1));
                }
                for (int i = 0; i < threads; i++) {
                    assertEquals(i / 2, gets.get(i).join());
                }
            }
        } finally {
            executor.shutdownNow();
        }
    }

    @Test
    void afterTimeOutsAndInterruptionsAllWordsAreFreeAgain() throws InterruptedException {
        try (StoreFixture store = new StoreFixture(16L << 20)) {
            final ObjectStoreClient reader = store.client();
            for (int i = 0; i < 2 * PinTableDescriptor.WAIT_WORDS; i++) {
                assertThrows(ObjectTimeoutException.class, () -> reader.get(id(1), Duration.ofNanos(10_000)));
            }
            final CompletableFuture<Throwable> ended = new CompletableFuture<>();
            final Thread thread = new Thread(() -> {
                try {
                    reader.get(id(1), LONG).close();
                    ended.complete(null);
                } catch (final ObjectStoreException e) {
                    ended.complete(e);
                }
            });
            thread.start();
            eventually("it waits", () -> reader.requests.words().inUse() == 1);
            thread.interrupt();
            assertEquals(
                    "INTERRUPTED",
                    assertInstanceOf(ObjectStoreException.class, ended.join()).code());
            thread.join();
            final ObjectStoreClient writer = store.client();
            writer.put(id(1), bytes(10, 1));
            reader.get(id(1), LONG).close();
            assertNull(reader.get(id(2)));
            assertEquals(0, reader.requests.words().inUse());
        }
    }
}
