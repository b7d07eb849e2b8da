/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.benchmarks;

import io.thornback.objectstore.ClientOptions;
import io.thornback.objectstore.ObjectBuffer;
import io.thornback.objectstore.ObjectId;
import io.thornback.objectstore.ObjectStoreClient;
import io.thornback.objectstore.WritableObject;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/** A client of the store in a process of its own, obeying orders from its input until that ends. Arguments: folder, name. */
final class ClientProcess {
    static final Duration LONG = Duration.ofSeconds(60);

    private static final long PAUSE_NS = TimeUnit.MILLISECONDS.toNanos(1);
    private static final int READS_PER_LOOK = 1000;

    private final ObjectStoreClient client;

    private ClientProcess(ObjectStoreClient client) {
        this.client = client;
    }

    /** Runs the client. */
    public static void main(String[] arguments) throws IOException {
        ClientOptions options = ClientOptions.of(Path.of(arguments[0]), arguments[1], Ids.JOB);
        try (ObjectStoreClient client = ObjectStoreClient.connect(options)) {
            ClientProcess process = new ClientProcess(client);
            System.out.println("ready");
            BufferedReader orders = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
            for (String order = orders.readLine(); order != null; order = orders.readLine()) {
                System.out.println(process.obey(order.split(" ")));
            }
        }
    }

    private String obey(String[] order) {
        long first = Long.parseLong(order[1]);
        int second = Integer.parseInt(order[2]);
        return switch (order[0]) {
            case "fill" -> fill(first, second, Long.parseLong(order[3]));
            case "read" -> read((int) first, second);
            case "seal" -> seal(first, second);
            case "await" -> await(first, second, false);
            case "spin" -> await(first, second, true);
            default -> throw new IllegalArgumentException(order[0]);
        };
    }

    /** Puts count objects of equal size, numbered from first; their content is not written beyond the first bytes. */
    private String fill(long first, int count, long sizeBytes) {
        for (long number = first; number < first + count; number++) {
            try (WritableObject object = client.create(Ids.id(number), sizeBytes)) {
                if (sizeBytes >= Long.BYTES) {
                    object.putLong(0, number);
                }
                object.seal();
            }
        }
        client.flush(LONG);
        return "filled";
    }

    /** Gets and releases random ones of the objects 0 to count - 1 for some seconds; answers how many, and in how many ns. */
    private String read(int count, int seconds) {
        ObjectId[] ids = Ids.shuffled(count);
        ObjectBuffer buffer = client.newBuffer();
        readSome(ids, buffer, TimeUnit.SECONDS.toNanos(1));
        return readSome(ids, buffer, TimeUnit.SECONDS.toNanos(seconds));
    }

    private String readSome(ObjectId[] ids, ObjectBuffer buffer, long durationNs) {
        long began = System.nanoTime();
        long now = began;
        long reads = 0;
        int next = 0;
        while (now - began < durationNs) {
            for (int i = 0; i < READS_PER_LOOK; i++) {
                if (!client.get(ids[next], buffer)) {
                    throw new IllegalStateException(ids[next] + " is gone");
                }
                buffer.close();
                next = next + 1 == ids.length ? 0 : next + 1;
            }
            reads += READS_PER_LOOK;
            now = System.nanoTime();
        }
        return reads + " " + (now - began);
    }

    /** Seals count objects, one each millisecond, whose content is the moment before the seal. */
    private String seal(long first, int count) {
        for (long number = first; number < first + count; number++) {
            LockSupport.parkNanos(PAUSE_NS);
            try (WritableObject object = client.create(Ids.id(number), Long.BYTES)) {
                object.putLong(0, System.nanoTime());
                object.seal();
            }
        }
        client.flush(LONG);
        return "sealed";
    }

    /**
     * Gets these objects as they come, and answers how long after the seal it had each, in ns. The clock is the machine's, the same for all
     * processes.
     */
    private String await(long first, int count, boolean spin) {
        StringBuilder latencies = new StringBuilder();
        for (long number = first; number < first + count; number++) {
            ObjectId id = Ids.id(number);
            try (ObjectBuffer buffer = spin ? spin(id) : client.get(id, LONG)) {
                latencies.append(System.nanoTime() - buffer.getLong(0)).append(' ');
            }
        }
        return latencies.toString();
    }

    private ObjectBuffer spin(ObjectId id) {
        ObjectBuffer buffer = client.get(id);
        while (buffer == null) {
            Thread.onSpinWait();
            buffer = client.get(id);
        }
        return buffer;
    }
}
