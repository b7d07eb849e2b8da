/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.objectstore;

import static io.thornback.objectstore.StoreFixture.LONG;
import static io.thornback.objectstore.StoreFixture.bytes;
import static io.thornback.objectstore.StoreFixture.id;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** What the child JVMs of {@link MultiProcessTest} do: one client, orders from standard input. */
final class ChildMain {
    private final ObjectStoreClient client;
    private final List<Object> held = new ArrayList<>();

    private ChildMain(final ObjectStoreClient client) {
        this.client = client;
    }

    public static void main(final String[] arguments) throws IOException {
        try (ObjectStoreClient client =
                ObjectStoreClient.connect(ClientOptions.of(Path.of(arguments[0]), arguments[1], 2))) {
            final ChildMain child = new ChildMain(client);
            answer("ready");
            final BufferedReader orders = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
            for (String order = orders.readLine(); order != null; order = orders.readLine()) {
                child.obey(order.split(" "));
                answer("done");
            }
        }
    }

    private void obey(final String[] order) {
        switch (order[0]) {
            case "put" -> client.put(id(Long.parseLong(order[1])), bytes(Integer.parseInt(order[2]), 1));
            case "hold" -> held.add(client.get(id(Long.parseLong(order[1])), LONG));
            case "write" -> held.add(client.create(id(Long.parseLong(order[1])), Long.parseLong(order[2])));
            case "delete" -> client.delete(id(Long.parseLong(order[1])));
            case "flush" -> client.flush(LONG);
            case "stress" -> new Stress(client, Integer.parseInt(order[1]), Long.parseLong(order[2])).run();
            default -> throw new IllegalArgumentException(order[0]);
        }
    }

    private static void answer(final String line) {
        System.out.println(line);
        System.out.flush();
    }
}
