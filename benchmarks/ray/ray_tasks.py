# Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0
"""The measures of benchmarks/tasks.py in Ray's Python, run by it with the interpreter of a virtual environment that has Ray.

Starts a node of its own, without dashboard, on this host alone, and ends it. Prints one line of JSON: for each measure the values of all rounds,
in the unit that the table has.
"""

import json
import sys
import time

import ray

ROUNDS = int(sys.argv[1])
IN_FLIGHT = 10_000
WARM_UPS = 12
WARM_UP_SECONDS = 30
MEASURE_SECONDS = 10
SEVERAL = 3_000


@ray.remote
def nothing(x):
    return x


@ray.remote
def total(*values):
    return sum(values)


@ray.remote(num_returns=SEVERAL)
def several():
    return [7] * SEVERAL


@ray.remote(num_cpus=0)
class Counter:
    def __init__(self):
        self.count = 0

    def add(self, x):
        self.count += x
        return self.count

    def length(self, data):
        return len(data)


def seconds(action):
    began = time.perf_counter_ns()
    action()
    return (time.perf_counter_ns() - began) / 1e9


def per_second(count, action):
    return count / seconds(lambda: [action(i) for i in range(count)])


def rounds(warm_ups, measure):
    """As many warm-up rounds as TaskMeasures has."""
    for _ in range(warm_ups):
        measure()
    return [measure() for _ in range(ROUNDS)]


def warm_rounds(measure):
    """As TaskMeasures.warmRounds: so long, and so often."""
    began = time.perf_counter()
    count = 0
    while count < WARM_UPS or time.perf_counter() - began < WARM_UP_SECONDS:
        measure()
        count += 1
    began = time.perf_counter()
    values = []
    while len(values) < ROUNDS or time.perf_counter() - began < MEASURE_SECONDS:
        values.append(measure())
    return values


def many_arguments():
    refs = [nothing.remote(i) for i in range(IN_FLIGHT)]
    ray.get(refs)
    return seconds(lambda: ray.get(total.remote(*refs)))


def get_many():
    refs = [ray.put(i) for i in range(IN_FLIGHT)]
    return seconds(lambda: ray.get(refs))


def create_and_call():
    time.sleep(2.5)
    made = []

    def create():
        made.append(Counter.remote())
        ray.get(made[0].add.remote(1))

    value = seconds(create) * 1000
    ray.kill(made[0])
    return value


def main():
    ray.init(num_cpus=2, object_store_memory=1 << 30, include_dashboard=False, logging_level="error", log_to_driver=False)
    results = {}
    try:
        results["task-flight"] = warm_rounds(lambda: IN_FLIGHT / seconds(lambda: ray.get([nothing.remote(i) for i in range(IN_FLIGHT)])))
        results["task-one"] = warm_rounds(lambda: per_second(2000, lambda i: ray.get(nothing.remote(i))))
        actor = Counter.remote()
        results["actor-flight"] = warm_rounds(lambda: IN_FLIGHT / seconds(lambda: ray.get([actor.add.remote(1) for _ in range(IN_FLIGHT)])))
        results["actor-one"] = warm_rounds(lambda: per_second(2000, lambda i: ray.get(actor.add.remote(1))))
        data = bytes(1 << 20)
        results["actor-mebibyte"] = warm_rounds(lambda: per_second(200, lambda i: ray.get(actor.length.remote(data))))
        ray.kill(actor)
        results["actor-create"] = rounds(3, create_and_call)
        results["arguments"] = rounds(1, many_arguments)
        results["get-many"] = rounds(1, get_many)
        results["returns"] = rounds(1, lambda: seconds(lambda: ray.get(several.remote())))
    finally:
        version = ray.__version__
        ray.shutdown()
    print(json.dumps({"version": version, "results": results}))


main()
