#!/usr/bin/env python3
# Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0
"""A node's life in a loop: is it flat after a thousand starts and stops, and after a thousand workers have died?

    benchmarks/endurance.py [--cycles 1000] [--crashes 1000] [--every 50] [--minutes M] [--out FILE]
    benchmarks/endurance.py --cycles 0                 # the crashes alone: what FILE.json has of the other part stays
    benchmarks/endurance.py --cycles 200 --every 10    # a look in ten minutes

Two parts, each with a head of its own, of real processes, in folders of its own. Cycles: start --head, in each tenth a program that has one task run and then ends one worker, stop. Crashes: one node, and a program whose tasks and
actors end their workers (halt of the JVM, SIGKILL with a large argument at hand, SIGKILL of an actor that is made again) until so many have died. Before the first, after each --every and after the last, everything that could
grow is counted; during the crashes when dead workers have been replaced and nothing runs.

Flat: the median of the last quarter of these samples is not above that of the second quarter by more than is allowed; the first quarter is a JVM's and a cache's warming up. Allowed are, of one process: 3 descriptors, 2 threads, 10 % of
Pss; of files in shared memory 3; of a worker's log files 4, of their bytes 10 %; of processes, zombies that the node has left, sessions 0. At least 4 samples are needed. A dash is a figure that is only to be seen: times, and /dev/shm and
the temporary folder, which others use too. Exit code 1 if anything is not flat, or failed.

Writes FILE.json, with all samples, and FILE.md. A row of the tables is one figure; its columns are the first sample, the median of the second quarter, that of the last, the most of all samples, how much more the last quarter may be, and
the verdict. Rows:

    start, stop                 seconds of the command until it has returned: the median of the cycles since the sample before
    running: ...                of the sampled cycle's node, all roles together, before its stop
    left: ...                   after the stop: in the node's folder of /dev/shm, in all of /dev/shm, in the temporary folder, processes that carry the node's mark, zombies that this script or a process above it has inherited
    sessions, bytes             session folders below the node's folder (node.keep-sessions), bytes of them, bytes of cluster/ (at most 4 MiB)
    ROLE: descriptors ...       /proc/PID/fd, threads, Pss without the object store's mapping; supervisor, roles, and the program that submits
    shm: ...                    files of the session in shared memory, by folder
    store: ...                  what its counters say: bytes in use and objects, those that nobody has let go of yet with them; its pages are those that were ever written, which puts that come at once add to: a bound, no line
    logs: ...                   files of workers (worker.keep-logs), and their bytes
    processes, zombies          of the node: marked, and below those; zombies that have one of them as parent

Only the standard library is used. Interrupted, it ends its node. Half a second of CPU for each crash, some five for each cycle.
"""

import argparse
import importlib
import json
import os
import re
import signal
import statistics
import subprocess
import sys
import time
import typing

from machine import ROOT, machine
from report import jar_of, java, number
from tasks import on_signal, uninterrupted

start_stop = importlib.import_module("start-stop")
gcs_scale = importlib.import_module("gcs-scale")

DRIVER = "io.thornback.benchmarks.WorkerCrashes"
FEWEST_SAMPLES = 4
TEMPORARY = "/tmp"  # a JVM's, whatever TMPDIR is
ROLES = ("supervisor", "gcs", "objectstore", "raylet")


def shown(x):
    """Counts without decimals."""
    return f"{x:,.0f}" if x == int(x) else number(x)


class Row(typing.NamedTuple):
    """A figure: its title, its key in a sample, how much more the last quarter may be (absolute or as a share; neither: it is not judged), and the most it may ever be."""

    title: str
    key: str
    plus: float = None
    share: float = None
    most: float = None

    def allowed(self):
        words = [f"+ {shown(self.plus)}"] if self.plus else ["no more"] if self.plus == 0 else []
        words += [f"+ {self.share:.0%}"] if self.share else []
        words += [f"≤ {shown(self.most)}"] if self.most is not None else []
        return ", ".join(words) or "–"

    def is_flat(self, second, last, greatest):
        """None if it is not judged."""
        if self.most is not None and greatest > self.most:
            return False
        if self.plus is None and self.share is None:
            return None if self.most is None else True
        return last <= second + (self.plus or 0) + (self.share or 0) * second


CYCLE_ROWS = (
    Row("start, s", "start_s"), Row("stop, s", "stop_s"),
    Row("running: descriptors of all roles", "running_descriptors", plus=3), Row("running: threads", "running_threads", plus=4),
    Row("running: Pss, MiB", "running_pss_mib", share=0.1), Row("running: files in shared memory", "running_shm", plus=3),
    Row("left: files in the node's /dev/shm folder", "left_shm", plus=0, most=0), Row("left: files in all of /dev/shm", "host_shm"), Row("left: entries in the temporary folder", "host_tmp"),
    Row("left: processes of the node", "left_processes", plus=0, most=0), Row("left: zombies", "left_zombies", plus=2),
    Row("session folders", "sessions", plus=0, most=6), Row("their bytes, KiB", "sessions_kib", share=0.1), Row("cluster/, KiB", "cluster_kib", most=4096),
)

CRASH_ROWS = (
    *(Row(f"{name}: {title}", f"{name}_{key}", **allowed) for name in (*ROLES, "program") for title, key, allowed in (
        ("descriptors", "descriptors", {"plus": 3}), ("threads", "threads", {"plus": 2}), ("Pss, MiB", "pss_mib", {"share": 0.1}))),
    *(Row(f"shm: {folder}", f"shm_{folder}", plus=3) for folder in ("inbox", "lanes", "store", "observe")), Row("shm: all files", "shm", plus=3),
    Row("store: bytes in use, MiB", "store_used_mib", plus=4), Row("store: objects", "store_objects", plus=4), Row("store's pages, MiB", "store_mib", most=128), Row("logs: files of workers", "worker_logs", plus=4), Row("logs: their bytes, KiB", "worker_logs_kib", share=0.1),
    Row("logs: bytes of roles, KiB", "role_logs_kib"), Row("processes", "processes", plus=0), Row("zombies", "zombies", plus=0, most=0),
    Row("entries in the temporary folder", "host_tmp"), Row("seconds for each crash", "crash_s"),
)


def files_below(folder):
    """Paths of all files and links; what goes meanwhile is gone."""
    return [os.path.join(path, name) for path, _, names in os.walk(folder) for name in names]


def kib(paths):
    total = 0
    for path in paths:
        try:
            total += os.lstat(path).st_size
        except FileNotFoundError:
            continue
    return total / 1024


def stat_of(pid):
    """State, parent and so on: the fields after the name. Nothing if it has ended."""
    return start_stop.read(f"/proc/{pid}/stat").rsplit(b")", 1)[-1].split()


def zombies(parents):
    """How many have one of these pids as parent."""
    fields = [stat_of(name) for name in os.listdir("/proc") if name.isdigit()]
    return sum(1 for each in fields if each and each[0] == b"Z" and int(each[1]) in parents)


def heirs():
    """Who gets the processes of a node whose parent has ended: this process, and all above it up to init."""
    pids = [os.getpid()]
    while pids[-1] > 1:
        pids.append(int(stat_of(pids[-1])[1]))
    return pids


class Node(start_stop.Thornback):
    """A head with two CPUs."""

    def __init__(self):
        super().__init__(["--cpus", "2"])
        self.was_stopped = True

    def start(self):
        self.was_stopped = False
        return self.run(self.start_command())

    def stop(self):
        taken = self.run(self.stop_command())
        self.was_stopped = True
        return taken

    def close(self):
        if not self.was_stopped:
            uninterrupted(self.stop)
        super().close()

    def pids(self):
        return start_stop.processes(self.mark, self.folder)

    def session(self):
        """Its folder on disk, its shared memory, and the pids of its roles by their names."""
        facts = gcs_scale.properties(os.path.join(self.folder, "latest", "node.properties"))
        return facts["session"], facts["shm"], {name: int(facts["supervisor.pid" if name == "supervisor" else f"role.{name}.pid"]) for name in ROLES}

    def of_process(self, name, pid):
        if not os.path.exists(f"/proc/{pid}"):
            raise SystemExit(f"{name}, pid {pid}, has ended")
        memory = start_stop.memory(pid, self.store_pattern)
        threads = int(stat_of(pid)[17])
        return {f"{name}_descriptors": len(os.listdir(f"/proc/{pid}/fd")), f"{name}_threads": threads, f"{name}_pss_mib": memory["pss"] / 1024}


class Program:
    """The one whose tasks end their workers; its errors and what its workers print go to a file."""

    def __init__(self, jar, folder):
        self.log = open(os.path.join(folder, "program.log"), "a", encoding="utf-8")
        self.process = subprocess.Popen([java(), "@" + os.path.join(ROOT, "conf/thornback.args"), "-Xmx96m", "-Xmn16m", "-XX:+UseSerialGC", "-cp", jar, DRIVER, folder],
                                        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=self.log, text=True)
        self.store = {}

    def crash(self, count):
        """Ends so many workers or a few more; the number of all that have died. What the store holds then is in `store`."""
        self.process.stdin.write(f"{count}\n")
        self.process.stdin.flush()
        for line in self.process.stdout:
            if line.startswith("DIED "):
                died, used, objects = map(int, line.split()[1:])
                self.store = {"store_used_mib": used / 2**20, "store_objects": objects}
                return died
        with open(self.log.name, encoding="utf-8") as log:
            raise SystemExit("the program that crashes workers has ended:\n" + "".join(log.readlines()[-30:]))

    def close(self):
        self.process.stdin.close()
        try:
            self.process.wait(20)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self.log.close()


def say(samples):
    print(", ".join(f"{key} {shown(value)}" for key, value in samples[-1].items()), file=sys.stderr, flush=True)


def cycles(jar, options, ends_at):
    node = Node()
    samples, starts, stops = [sample_stopped(node, 0)], [], []
    try:
        for i in range(1, options.cycles + 1):
            starts.append(node.start())
            if i % options.task_every == 0:
                program = Program(jar, node.folder)
                try:
                    program.crash(1)
                finally:
                    program.close()
            is_last = i == options.cycles or time.monotonic() > ends_at
            is_sampled = i % options.every == 0 or is_last
            running = sample_running(node) if is_sampled else {}
            stops.append(node.stop())
            if start_stop.gone_within(node.mark, node.folder, 10) is None:
                raise SystemExit(f"cycle {i}: the stop has left processes: {node.pids()}")
            if is_sampled:
                samples.append({**sample_stopped(node, i), "start_s": statistics.median(starts), "stop_s": statistics.median(stops), **running})
                say(samples)
                starts, stops = [], []
            if is_last:
                break
    finally:
        node.close()
    return samples


def sample_running(node):
    time.sleep(2)  # workers that are started ahead, and the collector's first runs
    _, shm, roles = node.session()
    figures = [list(node.of_process(name, pid).values()) for name, pid in roles.items()]
    return {**dict(zip(("running_descriptors", "running_threads", "running_pss_mib"), map(sum, zip(*figures)))), "running_shm": len(files_below(shm))}


def sample_stopped(node, done):
    sessions = [entry.path for entry in os.scandir(node.folder) if entry.name.startswith("session-")]
    return {"done": done, "left_shm": len(files_below(node.shm)), "host_shm": len(files_below("/dev/shm")), "host_tmp": len(os.listdir(TEMPORARY)), "left_processes": len(node.pids()), "left_zombies": zombies(heirs()),
            "sessions": len(sessions), "sessions_kib": kib(path for each in sessions for path in files_below(each)),
            "cluster_kib": kib(files_below(os.path.join(node.folder, "cluster")))}


def crashes(jar, options, ends_at):
    node = Node()
    samples = []
    try:
        node.start()
        program = Program(jar, node.folder)
        try:
            done = program.crash(0)
            samples.append(sample_crashes(node, program, done))
            while done < options.crashes and time.monotonic() < ends_at:
                began, before = time.monotonic(), done
                done = program.crash(min(options.every, options.crashes - done))
                seconds = (time.monotonic() - began) / (done - before)
                samples.append({**sample_crashes(node, program, done), "crash_s": seconds})
                say(samples)
        finally:
            program.close()
    finally:
        node.close()
    return samples


def sample_crashes(node, program, done):
    time.sleep(2)  # what is looked at once a second has been looked at
    session, shm, roles = node.session()
    result = {"done": done, **program.store}
    for name, pid in {**roles, "program": program.process.pid}.items():
        result.update(node.of_process(name, pid))
    pids = node.pids()
    files = files_below(shm)
    result.update({f"shm_{folder}": sum(path.startswith(os.path.join(shm, folder) + "/") for path in files) for folder in ("inbox", "lanes", "store", "observe")})
    arena = sum(os.stat(path).st_blocks * 512 for path in files if os.path.basename(path) == "arena.dat")
    logs = files_below(os.path.join(session, "logs"))
    of_workers = [path for path in logs if re.match(r"worker-\d", os.path.basename(path))]
    result.update(shm=len(files), store_mib=arena / 2**20, worker_logs=len(of_workers), worker_logs_kib=kib(of_workers), role_logs_kib=kib(set(logs) - set(of_workers)),
                  processes=len(pids), zombies=zombies(pids), host_tmp=len(os.listdir(TEMPORARY)))
    return result


def judge(rows, samples):
    """For each row: first, median of the second quarter, of the last, the most, what is allowed, and whether it is flat, None if it is not judged."""
    quarter = len(samples) // 4
    judged = []
    for row in rows:
        values = [sample.get(row.key) for sample in samples]
        there = [value for value in values if value is not None]
        second = statistics.median(value for value in values[quarter:2 * quarter] if value is not None)
        last = statistics.median(value for value in values[-quarter:] if value is not None)
        judged.append({"title": row.title, "first": there[0], "second": second, "last": last, "most": max(there), "allowed": row.allowed(), "flat": row.is_flat(second, last, max(there))})
    return judged


def table(parts):
    lines = ["# Endurance of a node's life", "", "The median of the last quarter of the samples against that of the second; see `benchmarks/endurance.py --help`."]
    for name, part in parts.items():
        lines += ["", f"## {part['done']:,} {name}", "", ", ".join(f"{key} {value}" for key, value in part["about"].items()), "",
                  f"{len(part['samples'])} samples; {part['minutes']:.0f} minutes.", "",
                  "| figure | first | second quarter | last quarter | most | may be more by | flat |", "|---|---|---|---|---|---|---|"]
        for row in part["rows"]:
            verdict = {True: "yes", False: "NO", None: "–"}[row["flat"]]
            lines.append("| " + " | ".join([row["title"], *(shown(row[key]) for key in ("first", "second", "last", "most")), row["allowed"], verdict]) + " |")
    return "\n".join(lines) + "\n"


def write(out, parts):
    os.makedirs(os.path.dirname(os.path.abspath(out)), exist_ok=True)
    text = table(parts)
    print(text)
    with open(out + ".md", "w", encoding="utf-8") as file:
        file.write(text)
    with open(out + ".json", "w", encoding="utf-8") as file:
        json.dump(parts, file, indent=1)


def read_parts(out):
    try:
        with open(out + ".json", encoding="utf-8") as file:
            return json.load(file)
    except FileNotFoundError:
        return {}


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--cycles", type=int, default=1000, help="starts and stops; 0: not this part")
    parser.add_argument("--crashes", type=int, default=1000, help="workers that die; 0: not this part")
    parser.add_argument("--every", type=int, default=50, help="how many of them are between two samples")
    parser.add_argument("--task-every", type=int, default=10, help="each of so many cycles has a program")
    parser.add_argument("--minutes", type=float, default=float("inf"), help="a part that takes longer ends there; the table has the number that was done")
    parser.add_argument("--out", default=os.path.join(ROOT, "benchmarks", "target", "endurance"), help="without ending")
    parser.add_argument("--no-build", action="store_true", help="take the jars that are there")
    options = parser.parse_args()
    for each in (signal.SIGINT, signal.SIGTERM):
        signal.signal(each, on_signal)
    jar = jar_of(not options.no_build)
    for name, count, part in (("cycles", options.cycles, cycles), ("crashes", options.crashes, crashes)):
        if not count:
            continue
        about, began = machine(), time.monotonic()
        samples = part(jar, options, began + 60 * options.minutes)
        if len(samples) < FEWEST_SAMPLES:
            raise SystemExit(f"{name}: {len(samples)} samples say nothing, {FEWEST_SAMPLES} are needed: a smaller --every, or more of them")
        rows = judge(CYCLE_ROWS if part is cycles else CRASH_ROWS, samples)
        # Read again: the other part may run beside this one, in a process of its own.
        parts = {**read_parts(options.out), name: {"done": samples[-1]["done"], "minutes": (time.monotonic() - began) / 60, "about": about, "rows": rows, "samples": samples}}
        write(options.out, {each: parts[each] for each in ("cycles", "crashes") if each in parts})
    parts = read_parts(options.out)
    wrong = [f"{name}: {row['title']}" for name in parts for row in parts[name]["rows"] if row["flat"] is False]
    if wrong:
        raise SystemExit("not flat: " + "; ".join(wrong))


if __name__ == "__main__":
    main()
