# Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0
"""What a result must carry beside its figures, and what processes use."""

import contextlib
import os
import platform
import re
import subprocess
import time

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
TICKS = os.sysconf("SC_CLK_TCK")


def cpu_seconds(pids):
    """User and system time of those that live."""
    total = 0
    for pid in pids:
        with contextlib.suppress(OSError), open(f"/proc/{pid}/stat", encoding="utf-8") as f:
            fields = f.read().rsplit(")", 1)[1].split()
            total += int(fields[11]) + int(fields[12])
    return total / TICKS


def pss_bytes(pids):
    """Of those that live."""
    total = 0
    for pid in pids:
        with contextlib.suppress(OSError), open(f"/proc/{pid}/smaps_rollup", encoding="utf-8") as f:
            total += int(re.search(r"^Pss:\s+(\d+) kB", f.read(), re.M).group(1)) << 10
    return total


def machine():
    def output(*command):
        try:
            done = subprocess.run(command, capture_output=True, text=True, cwd=ROOT, check=False)
            return (done.stdout or done.stderr).strip()
        except FileNotFoundError:
            return ""

    with open("/proc/cpuinfo", encoding="utf-8") as f:
        cpu = f.read()
    model = re.search(r"model name\s*:\s*(.*)", cpu)
    java = os.path.join(os.environ["JAVA_HOME"], "bin/java") if os.environ.get("JAVA_HOME") else "java"
    return {
        "commit": output("git", "rev-parse", "--short=12", "HEAD") + ("+" if output("git", "status", "--porcelain") else ""),
        "jvm": (output(java, "-version").splitlines() or ["?"])[-1],
        "kernel": platform.release(),
        "cpu": model.group(1) if model else platform.machine(),
        "cores": os.cpu_count(),
        "memory_gib": round(os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE") / 2**30),
        "load_1m": os.getloadavg()[0],
        "time": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()),
    }
