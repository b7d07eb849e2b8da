#!/usr/bin/env python3
# Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0
"""The figures of tasks and actors in one table, and Ray's in the same run if one is given.

    benchmarks/tasks.py [--out FILE] [--ray /path/to/venv] [--rounds 5] [--only task-one,million,...]

Starts nodes of its own, with real processes, in folders of their own, and ends them. Writes FILE.json and FILE.md with commit, JVM, kernel and CPU. A cell is the median
and least..most of the rounds; rounds follow warm-up rounds that are thrown away, for a JVM that has run for a second is not what a user of a daemon meets (one that does the same for half a minute is still getting faster here), and what is quick is measured for ten seconds. Ray's have as many, of the
same size. Some twenty minutes without Ray, as many more with it. Interrupted, it ends its node. Ray is no dependency: --ray names a virtual environment (python3 -m venv v && v/bin/pip install ray). Mind that Ray's Java API runs 'ray stop',
which ends every Ray process of this user.
"""

import argparse
import contextlib
import os
import signal
import subprocess
import sys
import tempfile
import time

from machine import ROOT, cpu_seconds, machine, pss_bytes
from report import RAY, Value, jar_of, java, ray, run, table, write

THORNBACK = os.path.join(ROOT, "thornback")
DRIVER = "io.thornback.benchmarks.TaskMeasures"
# As small as a program that holds a million tasks can be told to be.
MILLION_JVM = ["-XX:+UseSerialGC", "-Xmx600m", "-Xmn48m"]
# What warms up most comes first.
PLAIN = ("task-flight", "task-one", "actor", "actor-create", "killed", "arguments", "get-many", "returns")
MEASURES = (*PLAIN, "actor-create-cold", "eight-workers", "million", "idle")


@contextlib.contextmanager
def node(cpus=2, **settings):
    """A head node in a folder of its own; settings are variables without their THORNBACK_."""
    with tempfile.TemporaryDirectory() as folder:
        environment = dict(os.environ, THORNBACK_DIR=folder, **{"THORNBACK_" + k: str(v) for k, v in settings.items()})
        try:
            run([THORNBACK, "start", "--head", "--cpus", str(cpus)], env=environment, stderr=sys.stderr)
            time.sleep(3)  # workers that are started ahead come after the start
            yield folder
        finally:
            uninterrupted(lambda: run([THORNBACK, "stop"], env=environment, stderr=sys.stderr, start_new_session=True))


def uninterrupted(action):
    """Nothing may come between: a second Control-C would leave the node behind."""
    before = {number: signal.signal(number, signal.SIG_IGN) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        action()
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def on_signal(number, _):
    raise SystemExit(128 + number)


def driver(jar, folder, rounds, measures, options=()):
    return [java(), "@" + os.path.join(ROOT, "conf/thornback.args"), *options, "-cp", jar, DRIVER, folder, str(rounds), *measures]


def collect(output, into):
    for line in output.splitlines():
        if line.startswith("VALUE "):
            _, name, value = line.split()
            into.setdefault(name, []).append(float(value))


def pids(folder):
    """The processes of the node in this folder, and its driver: their command lines or environments name it."""
    found = []
    for name in os.listdir("/proc"):
        if name.isdigit() and int(name) != os.getpid():
            try:
                with open(f"/proc/{name}/environ", "rb") as environ, open(f"/proc/{name}/cmdline", "rb") as command:
                    if folder.encode() in environ.read() + command.read():
                        found.append(name)
            except OSError:
                continue
    return found


def million(jar, values):
    with node(RAYLET_MAX_TASKS_IN_FLIGHT=2_000_000) as folder:
        with subprocess.Popen(driver(jar, folder, 1, ["million"], MILLION_JVM), stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as child:
            try:
                for line in child.stdout:
                    collect(line, values)
                    if line.startswith("HELD"):
                        values["million-pss"] = [pss_bytes(pids(folder)) / 2**20]
                        child.stdin.write("\n")
                        child.stdin.flush()
            except BaseException:
                child.kill()
                raise
        if child.returncode != 0:
            raise SystemExit(f"the driver of a million tasks ended with {child.returncode}")


def measure(jar, rounds, wanted):
    values = {}
    plain = [name for name in PLAIN if name in wanted]
    if plain:
        print(", ".join(plain), file=sys.stderr)
        with node() as folder:
            collect(run(driver(jar, folder, rounds, plain), stderr=sys.stderr), values)
    if "actor-create-cold" in wanted:
        print("actor-create-cold", file=sys.stderr)
        for _ in range(rounds):
            with node(WORKER_PRESTART=0) as folder:
                collect(run(driver(jar, folder, 1, ["actor-create-cold"]), stderr=sys.stderr), values)
    if "eight-workers" in wanted:
        print("eight-workers", file=sys.stderr)
        for _ in range(rounds):
            for cpus in (2, 8):
                with node(cpus) as folder:
                    found = {}
                    collect(run(driver(jar, folder, 1, ["task-flight"]), stderr=sys.stderr), found)
                    values.setdefault(f"flight-{cpus}", []).extend(found["task-flight"])
    if "million" in wanted:
        print("million", file=sys.stderr)
        million(jar, values)
    if "idle" in wanted:
        print("idle", file=sys.stderr)
        with node() as folder:
            time.sleep(300)  # for some minutes a JVM compiles what it has just seen to be called again and again
            before, began = cpu_seconds(pids(folder)), time.monotonic()
            time.sleep(30)
            values["idle"] = [100 * (cpu_seconds(pids(folder)) - before) / (time.monotonic() - began)]
    return {name: Value.of_rounds(each) for name, each in values.items()}


ROWS = (
    ("empty task, one at a time", "1/s", "task-one", None, "task-one", "≥ 8,000", lambda v, limit: v >= 8_000),
    ("10,000 empty tasks in flight, one driver", "1/s", "task-flight", None, "task-flight", "≥ 50,000", lambda v, limit: v >= 50_000),
    ("actor call, one at a time", "1/s", "actor-one", None, "actor-one", "≥ 15,000", lambda v, limit: v >= 15_000),
    ("10,000 actor calls in flight", "1/s", "actor-flight", None, "actor-flight", "≥ 100,000", lambda v, limit: v >= 100_000),
    ("actor call with a 1 MiB byte[]", "1/s", "actor-mebibyte", RAY, "actor-mebibyte", "≥ 5 × Ray", lambda v, limit: v >= 5 * limit),
    ("create an actor and call it, a worker ready", "ms", "actor-create", None, "actor-create", "≤ 20", lambda v, limit: v <= 20),
    ("the same, no worker there", "ms", "actor-create-cold", None, None, "≤ 700", lambda v, limit: v <= 700),
    ("SIGKILL of a worker → the task that waited for its CPUs begins", "ms", "killed", None, None, "≤ 100", lambda v, limit: v <= 100),
    ("one task with 10,000 references as arguments", "s", "arguments", None, "arguments", "≤ 2", lambda v, limit: v <= 2),
    ("one get of 10,000 references", "s", "get-many", None, "get-many", "≤ 2", lambda v, limit: v <= 2),
    ("a task with 3,000 returns, and all of them", "s", "returns", None, "returns", "≤ 2", lambda v, limit: v <= 2),
    ("1,000,000 tasks queued: submitted", "1/s", "million-submit", None, None, "", None),
    ("the same: Pss of all roles and the driver", "MiB", "million-pss", None, None, "≤ 1,024", lambda v, limit: v <= 1024),
    ("the same: run", "1/s", "million-run", None, None, "", None),
    ("10,000 empty tasks in flight, 8 workers on this machine (limit: 2 workers)", "1/s", "flight-8", "flight-2", None, "no worse",
     lambda v, limit: v >= 0.9 * limit),
    ("idle node", "% of a core", "idle", None, None, "< 1", lambda v, limit: v < 1),
)

# What is not the same on both sides.
NOTES = (
    "The same on all sides: two CPUs, rounds and warm-up rounds, their sizes and how long they last at least, new references for each round.",
    "An actor is created 1 s after a worker has become idle; Ray shows that nowhere, there it is 2.5 s after the end of the one before.",
    "Object stores: Ray 1 GiB, Thornback what its plan for the machine gives; nothing here fills either.",
    "Ray's Python: the 10,000 references are arguments of their own (`*refs`), here one list; Ray's Java has neither that nor several returns.",
    "\"≥ 5 × Ray\" is of the faster of Ray's two.",
)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--out", default=os.path.join(ROOT, "benchmarks", "target", "tasks"), help="without ending")
    parser.add_argument("--ray", metavar="VENV", help="a virtual environment with ray")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--no-build", action="store_true", help="take the jars that are there")
    parser.add_argument("--only", help="of " + ",".join((*MEASURES, "ray")))
    options = parser.parse_args()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, on_signal)
    wanted = options.only.split(",") if options.only else [*MEASURES, "ray"]

    jar = jar_of(not options.no_build)
    run([THORNBACK, "version"], stderr=sys.stderr)  # builds the distribution
    about = machine()
    ours = measure(jar, options.rounds, wanted)
    version, python, java_values = None, {}, {}
    if options.ray and "ray" in wanted:
        version, python, java_values = ray(options.ray, options.rounds, "ray_tasks.py", "RayTasks")

    text = table("Tasks and actors", about, ROWS, ours, python, java_values, version, NOTES if version else ())
    print(text)
    write(options.out, text, about, ours, python, java_values)


if __name__ == "__main__":
    main()
