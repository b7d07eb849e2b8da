# Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0
"""The measures of benchmarks/store.py in Ray's Python, run by it with the interpreter of a virtual environment that has Ray.

Starts a node of its own, without dashboard, on this host alone, and ends it. Prints one line of JSON: for each measure the values of all rounds,
in the unit that the table has.
"""

import json
import random
import sys
import time

import numpy
import ray

ROUNDS = int(sys.argv[1])
LARGE = 100 << 20
DOUBLES = 1_000_000


@ray.remote
class Other:
    """Another process: makes objects and keeps them alive."""

    def fill(self, count, size):
        value = bytes(size)
        self.refs = [ray.put(value) for _ in range(count)]
        return self.refs

    def huge(self, size):
        self.array = ray.put(numpy.zeros(size, dtype=numpy.uint8))
        return [self.array]


def timed(action, count):
    began = time.perf_counter_ns()
    for i in range(count):
        action(i)
    return (time.perf_counter_ns() - began) / count


def rounds(measure):
    measure()
    return [measure() for _ in range(ROUNDS)]


def main():
    ray.init(num_cpus=2, object_store_memory=3 << 30, include_dashboard=False, logging_level="error", log_to_driver=False)
    results = {}
    try:
        other = Other.remote()
        refs = ray.get(other.fill.remote(1000, 100))
        random.Random(42).shuffle(refs)
        results["get1000"] = rounds(lambda: timed(lambda i: ray.get(refs[i % 1000]), 2000))
        huge = ray.get(other.huge.remote(1 << 30))[0]
        small = ray.get(other.huge.remote(1024))[0]
        # The actor drops the huge one when it makes the small one, so each has a reference here.
        results["getHuge"] = rounds(lambda: timed(lambda i: ray.get(huge), 200))
        results["getSmall"] = rounds(lambda: timed(lambda i: ray.get(small), 200))
        del huge, small
        value = bytes(1024)
        results["put"] = [1e9 / ns for ns in rounds(lambda: timed(lambda i: ray.put(value), 2000))]
        large = numpy.ones(LARGE, dtype=numpy.uint8)
        results["putLarge"] = [ns / 1000 for ns in rounds(lambda: timed(lambda i: ray.put(large), 5))]
        doubles = numpy.ones(DOUBLES)
        results["putDoubles"] = [ns / 1000 for ns in rounds(lambda: timed(lambda i: ray.put(doubles), 20))]
        array = ray.put(doubles)
        results["getDoubles"] = [ns / 1000 for ns in rounds(lambda: timed(lambda i: ray.get(array).copy(), 20))]
        results["doubleBufferInPlace"] = [ns / 1000 for ns in rounds(lambda: timed(lambda i: ray.get(array)[-1], 200))]
    finally:
        ray.shutdown()
    print(json.dumps({"version": ray.__version__, "results": results}))


main()
