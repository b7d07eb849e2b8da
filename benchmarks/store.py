#!/usr/bin/env python3
# Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0
"""The object store's figures in one table: each measure, its limit on this machine, and Ray in the same run if one is given.

    benchmarks/store.py [--out FILE] [--ray /path/to/venv] [--quick] [--only wake,readers,...]

Writes FILE.json and FILE.md with commit, JVM, kernel and CPU. A cell is the mean and the half width of its 99.9 % confidence interval (JMH's error),
or the median and least..most of the rounds where a measure needs several processes. Some ten minutes without Ray, two more with it.
Ray is no dependency: --ray names a virtual environment (python3 -m venv v && v/bin/pip install ray numpy). Mind that Ray's Java API runs 'ray stop',
which ends every Ray process of this user.
"""

import argparse
import json
import os
import sys
import tempfile

from machine import ROOT, machine
from report import Value, jar_of, java, ray, run, table, write

JMH = r"\.(ObjectGetBenchmark|ObjectPutBenchmark|LargeObjectBenchmark)\."
PROCESSES = ("wake", "readers", "spill", "restart", "ten-million")


def jmh(jar, quick):
    """Values by method, and by method:objects where it has that parameter."""
    with tempfile.TemporaryDirectory() as folder:
        out = os.path.join(folder, "jmh.json")
        run([java(), "@" + os.path.join(ROOT, "conf/thornback.args"), "-jar", jar, "-jvmArgsAppend", "-Xmx2g", "-prof", "gc", "-rf", "json",
             "-rff", out, *(["-wi", "1", "-i", "2"] if quick else ["-wi", "3", "-i", "8"]), JMH], stderr=sys.stderr)
        with open(out, encoding="utf-8") as f:
            results = json.load(f)
    values = {}
    for r in results:
        name = r["benchmark"].rsplit(".", 1)[1]
        if r.get("params", {}).get("objects"):
            name += ":" + r["params"]["objects"]
        metric = r["primaryMetric"]
        values[name] = Value.of_jmh(metric["score"], metric["scoreError"] if metric["scoreError"] != "NaN" else float("nan"))
        allocated = r.get("secondaryMetrics", {}).get("gc.alloc.rate.norm")
        if allocated:
            values[name + ":B/op"] = Value.of_jmh(allocated["score"], 0)
    return values


def processes(jar, names, rounds):
    lines = run([java(), "@" + os.path.join(ROOT, "conf/thornback.args"), "-Dthornback.disk=" + os.path.join(ROOT, "benchmarks", "target"),
                 "-cp", jar, "io.thornback.benchmarks.StoreMeasures", str(rounds), *names],
                stderr=sys.stderr)
    collected = {}
    for line in lines.splitlines():
        measure, name, value = line.split()
        collected.setdefault(f"{measure}:{name}", []).append(float(value))
    return {name: Value.of_rounds(values) for name, values in collected.items()}


# What is measured, its unit, our value, the limit, Ray's value, what must be reached: a text and a test of (ours, limit).
ROWS = (
    ("get + release, 1,000,000 ids at random", "ns", "getAndRelease:1000000", "fiveDependentMisses:1000000", None,
     "≤ 500", lambda v, limit: v <= 500),
    ("get + release, 1,000 ids at random", "ns", "getAndRelease:1000", "fiveDependentMisses:1000", "get1000", "≤ 200", lambda v, limit: v <= 200),
    ("allocated by that", "B/op", "getAndRelease:1000:B/op", None, None, "0", lambda v, limit: v < 0.5),
    ("get + release of 1 GiB (limit: of 1 KiB)", "ns", "getHuge", "getSmall", "getHuge", "the same", lambda v, limit: v <= 1.2 * limit),
    ("put of 1 KiB with deletes, applied by the store", "1/s", "putAndDelete", None, "put", "≥ 500,000", lambda v, limit: v >= 500_000),
    ("put of 100 MiB byte[] (limit: the copy)", "µs", "putLarge", "copyLarge", "putLarge", "≥ 70 % of the copy's speed",
     lambda v, limit: limit / v >= 0.7),
    ("create, fill, seal 100 MiB (limit: the fill)", "µs", "createFillSealLarge", "fillLarge", None, "the fill + 20 µs", None),
    ("create, seal 100 MiB without the fill", "µs", "createSealLarge", None, None, "≤ 20", lambda v, limit: v <= 20),
    ("put of double[1M] (limit: array to array)", "µs", "putDoubles", "copyDoubles", "putDoubles", "≥ 5 GB/s", lambda v, limit: v <= 1600),
    ("get of double[1M] (limit: array to array)", "µs", "getDoubles", "copyDoubles", "getDoubles", "≥ 5 GB/s", lambda v, limit: v <= 1600),
    ("get as DoubleBuffer, in place", "µs", "doubleBufferInPlace", None, "doubleBufferInPlace", "no copy", None),
    ("seal in A → parked get in B returns, median", "µs", "wake:park-median-us", None, None, "≤ 60", lambda v, limit: v <= 60),
    ("the same, p99", "µs", "wake:park-p99-us", None, None, "", None),
    ("seal in A → get in B, B and the store spin, median", "µs", "wake:spin-median-us", None, None, "", None),
    ("the same, p99", "µs", "wake:spin-p99-us", None, None, "", None),
    ("gets by 1 process, 1,000,000 ids", "1/s", "readers:1-per-second", None, None, "", None),
    ("gets by 2 processes, all together", "1/s", "readers:2-per-second", None, None, "no fall per core", None),
    ("gets by 4 processes", "1/s", "readers:4-per-second", None, None, "no fall per core", None),
    ("gets by 8 processes", "1/s", "readers:8-per-second", None, None, "no fall per core", None),
    ("spill of 256 MiB objects (limit: dd)", "MB/s", "spill:spill-mb-per-second", "spill:dd-write-mb-per-second", None, "≥ 70 % of dd",
     lambda v, limit: v >= 0.7 * limit),
    ("restore of 256 MiB objects (limit: dd)", "MB/s", "spill:restore-mb-per-second", "spill:dd-read-mb-per-second", None, "≥ 70 % of dd",
     lambda v, limit: v >= 0.7 * limit),
    ("kill -9 with 1,000,000 objects → ready again, from exec", "s", "restart:ready-s", None, None, "", None),
    ("the same → a client has one that only the disk had", "s", "restart:first-spilled-s", None, None, "≤ 2", lambda v, limit: v <= 2),
    ("the same → it has had 1,000 at random", "s", "restart:thousand-of-all-s", None, None, "", None),
    ("10,000,000 objects of 100 B: beyond the data", "B each", "ten-million:beyond-data-bytes-each", None, None, "≤ 160", lambda v, limit: v <= 160),
    ("of that, put by one process", "1/s", "ten-million:put-per-second", None, None, "", None),
)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--out", default=os.path.join(ROOT, "benchmarks", "target", "store"), help="without ending")
    parser.add_argument("--ray", metavar="VENV", help="a virtual environment with ray and numpy")
    parser.add_argument("--rounds", type=int, default=5, help="of what JMH does not measure")
    parser.add_argument("--quick", action="store_true", help="a look in some minutes; not for comparisons")
    parser.add_argument("--no-build", action="store_true", help="take the jars that are there")
    parser.add_argument("--only", help="of " + ",".join(("jmh", *PROCESSES, "ray")))
    options = parser.parse_args()
    only = options.only.split(",") if options.only else ["jmh", *PROCESSES, "ray"]
    rounds = 2 if options.quick else options.rounds

    jar = jar_of(not options.no_build)
    about = machine()
    ours, python, java_values, version = {}, {}, {}, None
    if "jmh" in only:
        print("JMH", file=sys.stderr)
        ours.update(jmh(jar, options.quick))
    for name in PROCESSES:
        if name in only:
            print(name, file=sys.stderr)
            ours.update(processes(jar, [name], rounds))
    if options.ray and "ray" in only:
        version, python, java_values = ray(options.ray, rounds, "ray_store.py", "RayStore")

    text = table("Object store", about, ROWS, ours, python, java_values, version)
    print(text)
    write(options.out, text, about, ours, python, java_values)


if __name__ == "__main__":
    main()
