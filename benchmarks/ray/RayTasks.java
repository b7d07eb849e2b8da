/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */

import io.ray.api.ActorHandle;
import io.ray.api.ObjectRef;
import io.ray.api.Ray;
import java.util.ArrayList;
import java.util.List;

/**
 * The measures of benchmarks/tasks.py in Ray's Java, compiled and run by it against ray_dist.jar. Starts a node of its own and ends it. Argument: rounds. Prints one line
 * of JSON behind "RESULT ".
 */
public final class RayTasks {
    private static final int IN_FLIGHT = 10_000;
    private static final int WARM_UPS = 12;
    private static final long WARM_UP_NS = 30_000_000_000L;
    private static final long MEASURE_NS = 10_000_000_000L;

    private interface Action {
        void run(int i);
    }

    private interface Measure {
        double run() throws Exception;
    }

    public static int nothing(int x) {
        return x;
    }

    /** The actor. */
    public static final class Counter {
        private int count;

        public int add(int x) {
            count += x;
            return count;
        }

        public int length(byte[] bytes) {
            return bytes.length;
        }
    }

    private static double seconds(Runnable action) {
        long began = System.nanoTime();
        action.run();
        return (System.nanoTime() - began) / 1e9;
    }

    private static double perSecond(int count, Action action) {
        return count / seconds(() -> {
            for (int i = 0; i < count; i++) {
                action.run(i);
            }
        });
    }

    /** As many warm-up rounds as TaskMeasures has, and of what is quick as long. */
    private static void print(StringBuilder json, int rounds, String name, int warmUps, Measure measure) throws Exception {
        long began = System.nanoTime();
        boolean quick = warmUps == WARM_UPS;
        for (int i = 0; i < warmUps || (quick && System.nanoTime() - began < WARM_UP_NS); i++) {
            measure.run();
        }
        began = System.nanoTime();
        json.append(json.length() > 1 ? "," : "").append('"').append(name).append("\":[");
        for (int i = 0; i < rounds || (quick && System.nanoTime() - began < MEASURE_NS); i++) {
            json.append(i > 0 ? "," : "").append(measure.run());
        }
        json.append(']');
        System.err.println(name);
    }

    /** Measures. */
    public static void main(String[] arguments) throws Exception {
        int rounds = Integer.parseInt(arguments[0]);
        System.setProperty("ray.head-args.0", "--num-cpus=2");
        System.setProperty("ray.object-store.memory", String.valueOf(1 << 30));
        Ray.init();
        StringBuilder json = new StringBuilder("{");
        try {
            print(json, rounds, "task-flight", WARM_UPS, () -> IN_FLIGHT / seconds(() -> {
                List<ObjectRef<Integer>> refs = new ArrayList<>();
                for (int i = 0; i < IN_FLIGHT; i++) {
                    refs.add(Ray.task(RayTasks::nothing, i).remote());
                }
                Ray.get(refs);
            }));
            print(json, rounds, "task-one", WARM_UPS, () -> perSecond(2_000, i -> Ray.task(RayTasks::nothing, i).remote().get()));
            ActorHandle<Counter> actor = Ray.actor(Counter::new).remote();
            print(json, rounds, "actor-flight", WARM_UPS, () -> IN_FLIGHT / seconds(() -> {
                List<ObjectRef<Integer>> refs = new ArrayList<>();
                for (int i = 0; i < IN_FLIGHT; i++) {
                    refs.add(actor.task(Counter::add, 1).remote());
                }
                Ray.get(refs);
            }));
            print(json, rounds, "actor-one", WARM_UPS, () -> perSecond(2_000, i -> actor.task(Counter::add, 1).remote().get()));
            byte[] mebibyte = new byte[1 << 20];
            print(json, rounds, "actor-mebibyte", WARM_UPS, () -> perSecond(200, i -> actor.task(Counter::length, mebibyte).remote().get()));
            actor.kill();
            print(json, rounds, "actor-create", 3, () -> {
                Thread.sleep(2_500);
                List<ActorHandle<Counter>> made = new ArrayList<>();
                double seconds = seconds(() -> {
                    made.add(Ray.actor(Counter::new).remote());
                    made.get(0).task(Counter::add, 1).remote().get();
                });
                made.get(0).kill();
                return seconds * 1_000;
            });
        } finally {
            Ray.shutdown();
        }
        System.out.println("RESULT " + json.append('}'));
    }
}
