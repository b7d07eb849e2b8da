#!/usr/bin/env python3
# Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0
"""Start, stop, memory and idle CPU of a node: Thornback's, and in the same run Ray's if one is given.

    benchmarks/start-stop.py [--rounds 5] [--idle-seconds 30] [--ray /path/to/venv/bin] [--json out.json]

Start is the wall time of the start command, until it has returned; stop likewise. Memory is the sum over all processes
of the node: Pss (pages shared by n processes count 1/n in each) and Rss, without the object store's mapping, which is
given apart, and with the workers apart. Idle CPU is the user and system time of all of the node's processes over some
seconds, as a share of one core. Rounds alternate between the two, so that a change of the machine hits both. Only the
standard library is used. Ray is no dependency of Thornback: without --ray it is not looked for.

Mind that 'ray stop' ends every Ray process of this user.
"""

import argparse
import json
import os
import re
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import time

from machine import ROOT, cpu_seconds, machine


def read(path):
    """The bytes of a file of /proc, or nothing if the process has ended."""
    try:
        with open(path, "rb") as f:
            return f.read()
    except (FileNotFoundError, ProcessLookupError, PermissionError):
        return b""


def processes(mark, folder):
    """The pids of the node: marked in environment or command line, and all below those. Not this script's own."""
    parents, found = {}, set()
    for name in os.listdir("/proc"):
        if not name.isdigit() or int(name) == os.getpid():
            continue
        stat = read(f"/proc/{name}/stat")
        if not stat or stat.rsplit(b")", 1)[1].split()[0] == b"Z":
            continue
        pid = int(name)
        parents[pid] = int(stat.rsplit(b")", 1)[1].split()[1])
        if mark.encode() in read(f"/proc/{name}/environ") or folder.encode() in read(f"/proc/{name}/cmdline"):
            found.add(pid)
    grown = True
    while grown:
        below = {p for p, parent in parents.items() if parent in found} - found
        found |= below
        grown = bool(below)
    return found


def memory(pid, store_pattern):
    """KiB: Pss and Rss without the store's mapping, and the two of that mapping."""
    result = {"pss": 0, "rss": 0, "store_pss": 0, "store_rss": 0}
    in_store = False
    for line in read(f"/proc/{pid}/smaps").decode(errors="replace").splitlines():
        if re.match(r"[0-9a-f]+-[0-9a-f]+ ", line):
            in_store = store_pattern.search(line) is not None
        elif line.startswith(("Pss:", "Rss:")):
            key = ("store_" if in_store else "") + line[:3].lower()
            result[key] += int(line.split()[1])
    return result


def gone_within(mark, folder, seconds):
    """Seconds until no process of the node is left, or None."""
    began = time.monotonic()
    while time.monotonic() - began < seconds:
        if not processes(mark, folder):
            return time.monotonic() - began
        time.sleep(0.02)
    return None


class Node:
    """A runtime under test: how to start and stop it, and how its processes are told apart."""

    def __init__(self, name, store_pattern, worker_pattern):
        self.name = name
        self.store_pattern = re.compile(store_pattern)
        self.worker_pattern = re.compile(worker_pattern)
        self.folder = tempfile.mkdtemp(prefix="node-")
        self.mark = f"START_STOP_MARK={os.getpid()}-{name}"
        self.environment = dict(os.environ, **dict([self.mark.split("=")]))

    def run(self, command, timeout=120):
        began = time.monotonic()
        done = subprocess.run(
            command, env=self.environment, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=timeout)
        taken = time.monotonic() - began
        if done.returncode != 0:
            raise SystemExit(f"{' '.join(command)} failed ({done.returncode}):\n{done.stdout}\n{done.stderr}")
        return taken

    def round(self, idle_seconds, settle_seconds):
        result = {"start_s": self.run(self.start_command())}
        try:
            # Prestarted workers and the collector's first runs belong to the start, not to idling.
            time.sleep(settle_seconds)
            pids = processes(self.mark, self.folder)
            result["start_cpu_s"] = cpu_seconds(pids)
            workers = {p for p in pids if self.worker_pattern.search(read(f"/proc/{p}/cmdline").decode(errors="replace"))}
            for group, members in (("roles", pids - workers), ("workers", workers)):
                parts = [memory(p, self.store_pattern) for p in members]
                result[f"{group}_count"] = len(members)
                for key in ("pss", "rss", "store_pss", "store_rss"):
                    result[f"{group}_{key}_mib"] = sum(p[key] for p in parts) / 1024
            if workers:
                result["one_worker_pss_mib"] = result["workers_pss_mib"] / len(workers)
                result["one_worker_rss_mib"] = result["workers_rss_mib"] / len(workers)
            if idle_seconds:
                before = cpu_seconds(pids)
                time.sleep(idle_seconds)
                result["idle_cpu_percent"] = 100 * (cpu_seconds(pids) - before) / idle_seconds
        finally:
            result["stop_s"] = self.run(self.stop_command())
        left = gone_within(self.mark, self.folder, 10)
        if left is None:
            raise SystemExit(f"{self.name} left processes running: {processes(self.mark, self.folder)}")
        result["gone_after_stop_s"] = left
        return result

    def close(self):
        shutil.rmtree(self.folder, ignore_errors=True)


class Thornback(Node):
    def __init__(self, arguments):
        super().__init__("thornback", r"arena\.dat", r"WorkerMain|[^a-z]worker-\d")
        self.shm = tempfile.mkdtemp(prefix="node-", dir="/dev/shm")
        self.environment.update(THORNBACK_DIR=self.folder, THORNBACK_SHM_DIR=self.shm)
        self.arguments = arguments
        # Builds if need be and makes the class-data archive, so that no round pays for it.
        self.run([os.path.join(ROOT, "thornback"), "version"], timeout=1800)
        with open(os.path.join(ROOT, "core/target/distribution.stamp"), encoding="utf-8") as stamp:
            self.launcher = os.path.join(stamp.read().strip(), "bin", "thornback")

    def start_command(self):
        return [self.launcher, "start", "--head", *self.arguments]

    def stop_command(self):
        return [self.launcher, "stop"]

    def close(self):
        super().close()
        shutil.rmtree(self.shm, ignore_errors=True)


class Ray(Node):
    def __init__(self, folder_of_ray):
        super().__init__("ray", r"/plasma|/dev/shm/ray", r"ray::|default_worker\.py")
        self.ray = os.path.join(folder_of_ray, "ray")
        self.environment.update(RAY_DISABLE_IMPORT_WARNING="1", RAY_USAGE_STATS_ENABLED="0")
        with socket.socket() as s:
            s.bind(("127.0.0.1", 0))
            self.port = s.getsockname()[1]

    def start_command(self):
        return [self.ray, "start", "--head", "--include-dashboard=false", "--disable-usage-stats",
                "--node-ip-address=127.0.0.1", f"--port={self.port}", f"--temp-dir={self.folder}"]

    def stop_command(self):
        return [self.ray, "stop"]


ROWS = (
    ("start (s)", "start_s"), ("CPU of a start, all of its processes (s)", "start_cpu_s"), ("stop (s)", "stop_s"),
    ("last process gone after stop returned (s)", "gone_after_stop_s"), ("processes, without workers", "roles_count"),
    ("Pss of these, without the store's pages (MiB)", "roles_pss_mib"),
    ("Rss of these, without the store's pages (MiB)", "roles_rss_mib"), ("store's pages, Pss (MiB)", "roles_store_pss_mib"),
    ("idle workers", "workers_count"), ("Pss of one idle worker (MiB)", "one_worker_pss_mib"),
    ("Rss of one idle worker (MiB)", "one_worker_rss_mib"), ("CPU when idle (% of one core)", "idle_cpu_percent"),
)


def table(results):
    print(f"{'median (least..most)':<48}" + "".join(f"{name:>26}" for name in results))
    for title, key in ROWS:
        cells = []
        for rounds in results.values():
            values = [r[key] for r in rounds if key in r]
            cells.append(f"{statistics.median(values):.2f} ({min(values):.2f}..{max(values):.2f})" if values else "-")
        print(f"{title:<48}" + "".join(f"{c:>26}" for c in cells))


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--idle-seconds", type=int, default=30, help="measured once, in the first round of each")
    parser.add_argument("--settle-seconds", type=float, default=3)
    parser.add_argument("--ray", metavar="BIN", help="the bin folder of a virtual environment with Ray")
    parser.add_argument("--json", metavar="FILE", help="also write all values there")
    parser.add_argument("arguments", nargs="*", help="more arguments for 'thornback start --head', after --")
    options = parser.parse_args()

    about = machine()
    nodes = [Thornback(options.arguments)]
    results = {}
    try:
        if options.ray:
            nodes.append(Ray(options.ray))
        results = {n.name: [] for n in nodes}
        for i in range(options.rounds):
            for node in nodes:
                results[node.name].append(node.round(options.idle_seconds if i == 0 else 0, options.settle_seconds))
                print(f"round {i + 1} of {options.rounds}: {node.name} done", file=sys.stderr)
    finally:
        for node in nodes:
            node.close()

    print(", ".join(f"{k} {v}" for k, v in about.items()))
    table(results)
    if options.json:
        with open(options.json, "w", encoding="utf-8") as out:
            json.dump({"machine": about, "results": results}, out, indent=2)


if __name__ == "__main__":
    main()
