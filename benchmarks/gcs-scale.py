#!/usr/bin/env python3
# Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0
"""What a head's GCS costs with many nodes: CPU and memory against their number, over real sockets on loopback.

    benchmarks/gcs-scale.py [--nodes 250,500,1000,2000] [--seconds 20] [--out FILE]

Starts a head of its own, with real processes, in a folder of its own, and ends it. The nodes are connections with heartbeats (io.thornback.benchmarks.GcsScale), in one process beside the GCS: on a small machine it takes CPU
from it, which its own column shows. Writes FILE.json and FILE.md. A node that is suspected, refused or loses its connection fails the run (exit code 1).
"""

import argparse
import json
import os
import re
import resource
import signal
import subprocess
import sys
import time

from machine import ROOT, cpu_seconds, machine, pss_bytes
from report import jar_of, java, run
from tasks import THORNBACK, node, on_signal

CPU_LIMIT_PERCENT, MEMORY_LIMIT_MIB, MUST_HOLD = 100, 1024, 2000


def properties(path):
    with open(path, encoding="utf-8") as f:
        lines = (line.split("=", 1) for line in f if "=" in line and not line.startswith("#"))
        return {key.strip(): value.strip().replace("\\:", ":") for key, value in lines}


class Nodes:
    """The process that plays them."""

    def __init__(self, jar, host, port, token):
        command = [java(), "@" + os.path.join(ROOT, "conf/thornback.args"), "-Xmx2g", "-XX:+UseSerialGC", "-cp", jar,
                   "io.thornback.benchmarks.GcsScale", host, port, token]
        self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    def order(self, text):
        self.process.stdin.write(text + "\n")
        self.process.stdin.flush()
        answer = self.process.stdout.readline().split()
        if not answer:
            raise SystemExit("the process that plays the nodes has ended")
        return [int(word) for word in answer[1:]]

    def close(self):
        self.process.stdin.close()
        try:
            self.process.wait(10)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()


def troubles(log):
    with open(log, encoding="utf-8") as f:
        return [line.strip() for line in f if re.search(r"node is (suspected|dead)|refusing|stood still", line)]


def measure(jar, counts, seconds):
    with node(1, GCS_MAX_NODES=min(max(counts) + 1, 10_000), WORKER_PRESTART=0) as folder:
        head = properties(os.path.join(folder, "latest", "node.properties"))
        nodes = Nodes(jar, head["gcs.host"], head["gcs.port"], os.path.join(head["session"], "token"))
        try:
            gcs, log = int(head["role.gcs.pid"]), os.path.join(head["session"], "logs", "gcs.log")
            return [measure_one(nodes, gcs, log, count, seconds) for count in sorted(counts)]
        finally:
            nodes.close()


def measure_one(nodes, pid, log, count, seconds):
    began = time.monotonic()
    nodes.order(str(count))
    joined = time.monotonic() - began
    time.sleep(5)
    told = nodes.order("SENT")[3]
    before, own, at = cpu_seconds([pid]), cpu_seconds([nodes.process.pid]), time.monotonic()
    time.sleep(seconds)
    cpu, own, took = cpu_seconds([pid]) - before, cpu_seconds([nodes.process.pid]) - own, time.monotonic() - at
    sent, unsent, fallen, _ = nodes.order("SENT")
    found = troubles(log)
    row = {"nodes": count, "join_s": joined, "told_while_joining": told, "heartbeats_per_s": sent / took, "unsent": unsent, "connections_lost": fallen, "gcs_cpu_percent": 100 * cpu / took,
           "gcs_pss_mib": pss_bytes([pid]) / 2**20, "nodes_cpu_percent": 100 * own / took, "troubles": len(found)}
    print("\n  ".join([f"{count} nodes: {row}", *found[:5]]), file=sys.stderr)
    return row


def table(about, rows):
    lines = ["# A GCS and its nodes", "", ", ".join(f"{key} {value}" for key, value in about.items()), "",
             "One GCS process with its default heap, nodes that send a heartbeat with a changed load each second over an encrypted connection of their own on loopback, and follow which nodes there are, as a raylet does. They join one behind the other, from one process, which is told of each of them as often as there are nodes. CPU in percent of one core.", "",
             "| nodes | all joined after, s | rows of news of nodes until then | heartbeats/s | CPU of the GCS | Pss of the GCS, MiB | CPU of the process that plays the nodes | suspected, refused, lost |",
             "|---|---|---|---|---|---|---|---|"]
    for row in rows:
        lines.append(f"| {row['nodes']:,} | {row['join_s']:.1f} | {row['told_while_joining']:,} | {row['heartbeats_per_s']:,.0f} | {row['gcs_cpu_percent']:.1f} % | {row['gcs_pss_mib']:.0f} "
                     f"| {row['nodes_cpu_percent']:.1f} % | {row['troubles'] + row['unsent'] + row['connections_lost']} |")
    lines += ["", f"Must: {MUST_HOLD:,} nodes within {CPU_LIMIT_PERCENT} % of a core and {MEMORY_LIMIT_MIB:,} MiB; aim 10,000."]
    return "\n".join(lines) + "\n"


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--nodes", default="250,500,1000,2000", help="numbers of nodes, at most 9,999: the head is one too")
    parser.add_argument("--seconds", type=int, default=20, help="how long each is measured")
    parser.add_argument("--out", default=os.path.join(ROOT, "benchmarks", "target", "gcs-scale"), help="without ending")
    parser.add_argument("--no-build", action="store_true", help="take the jars that are there")
    options = parser.parse_args()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, on_signal)
    counts = [int(word) for word in options.nodes.split(",")]
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if hard < max(counts) + 200:
        raise SystemExit(f"{max(counts)} nodes need as many descriptors in each of two processes; the limit is {hard} (ulimit -Hn)")
    resource.setrlimit(resource.RLIMIT_NOFILE, (max(soft, min(hard, max(counts) + 200)), hard))
    jar = jar_of(not options.no_build)
    run([THORNBACK, "version"], stderr=sys.stderr)
    about = machine()
    rows = measure(jar, counts, options.seconds)
    text = table(about, rows)
    print(text)
    with open(options.out + ".md", "w", encoding="utf-8") as f:
        f.write(text)
    with open(options.out + ".json", "w", encoding="utf-8") as f:
        json.dump({"about": about, "rows": rows}, f, indent=1)
    if any(row["troubles"] + row["unsent"] + row["connections_lost"] for row in rows):
        raise SystemExit(1)


if __name__ == "__main__":
    main()
