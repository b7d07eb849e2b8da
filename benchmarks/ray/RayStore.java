/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */

import io.ray.api.ObjectRef;
import io.ray.api.Ray;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;

/**
 * The measures of benchmarks/store.py in Ray's Java, compiled and run by it against ray_dist.jar. Starts a node of its own and ends it. The
 * objects that are read are this process's own puts, which is to Ray's advantage. Argument: rounds. Prints one line of JSON behind "RESULT ".
 */
public final class RayStore {
    private static final int LARGE = 100 << 20;
    private static final int DOUBLES = 1_000_000;

    private interface Action {
        void run(int i);
    }

    private interface Measure {
        double run();
    }

    private static double timed(Action action, int count) {
        long began = System.nanoTime();
        for (int i = 0; i < count; i++) {
            action.run(i);
        }
        return (System.nanoTime() - began) / (double) count;
    }

    private static void print(StringBuilder json, int rounds, String name, double unit, boolean rate, Measure measure) {
        measure.run();
        json.append(json.length() > 1 ? "," : "").append('"').append(name).append("\":[");
        for (int i = 0; i < rounds; i++) {
            double ns = measure.run();
            json.append(i > 0 ? "," : "").append(rate ? 1e9 / ns : ns / unit);
        }
        json.append(']');
    }

    /** Measures. */
    public static void main(String[] arguments) {
        int rounds = Integer.parseInt(arguments[0]);
        Ray.init();
        StringBuilder json = new StringBuilder("{");
        try {
            List<ObjectRef<byte[]>> refs = new ArrayList<>();
            for (int i = 0; i < 1000; i++) {
                refs.add(Ray.put(new byte[100]));
            }
            Collections.shuffle(refs, new Random(42));
            print(json, rounds, "get1000", 1, false, () -> timed(i -> refs.get(i % 1000).get(), 2000));
            ObjectRef<byte[]> one = Ray.put(new byte[1024]);
            print(json, rounds, "getSmall", 1, false, () -> timed(i -> one.get(), 200));
            byte[] value = new byte[1024];
            print(json, rounds, "put", 1, true, () -> timed(i -> Ray.put(value), 2000));
            byte[] large = new byte[LARGE];
            print(json, rounds, "putLarge", 1000, false, () -> timed(i -> Ray.put(large), 3));
            double[] doubles = new double[DOUBLES];
            print(json, rounds, "putDoubles", 1000, false, () -> timed(i -> Ray.put(doubles), 10));
            ObjectRef<double[]> array = Ray.put(doubles);
            print(json, rounds, "getDoubles", 1000, false, () -> timed(i -> array.get(), 10));
        } finally {
            Ray.shutdown();
        }
        System.out.println("RESULT " + json.append('}'));
    }
}
