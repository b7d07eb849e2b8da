# Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0
"""What the scripts that make tables of measures have in common: values with their spread, programs that are run, Ray beside them."""

import json
import os
import re
import statistics
import subprocess
import sys
import tempfile

from machine import ROOT

# Java's serialisation in Ray looks into the JDK.
OPENS = [f"--add-opens=java.base/{p}=ALL-UNNAMED" for p in (
    "java.lang", "java.lang.invoke", "java.nio", "java.util", "java.util.concurrent", "java.util.concurrent.atomic", "sun.nio.ch")]


class Value:
    """A figure with its spread, in the table's unit."""

    def __init__(self, middle, low, high, text):
        self.middle, self.low, self.high, self.text = middle, low, high, text

    @staticmethod
    def of_rounds(values):
        middle = statistics.median(values)
        return Value(middle, min(values), max(values), f"{number(middle)} ({number(min(values))}..{number(max(values))})")

    @staticmethod
    def of_jmh(score, error):
        error = error if isinstance(error, (int, float)) and error == error else 0
        return Value(score, score - error, score + error, f"{number(score)} ± {number(error)}")

    def json(self):
        return {"middle": self.middle, "low": self.low, "high": self.high}


def number(x):
    return f"{x:,.0f}" if abs(x) >= 1000 else f"{x:.1f}" if abs(x) >= 10 else f"{x:.2f}"


def java():
    home = os.environ.get("JAVA_HOME")
    return os.path.join(home, "bin", "java") if home else "java"


def run(command, **more):
    done = subprocess.run(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True, check=False, **more)
    if done.returncode != 0:
        raise SystemExit(f"{' '.join(command[:6])} ... failed ({done.returncode}):\n{done.stdout[-4000:]}")
    return done.stdout


def jar_of(rebuild):
    if rebuild:
        run(["mvn", "-B", "-q", "-ntp", "-Dstyle.color=never", "-Dmaven.test.skip=true", "-pl", "benchmarks", "-am", "package"], cwd=ROOT)
    target = os.path.join(ROOT, "benchmarks", "target")
    jars = [f for f in os.listdir(target) if re.fullmatch(r"thornback-benchmarks-.*\.jar", f)]
    return os.path.join(target, jars[0])


def ray(venv, rounds, python_script, java_class):
    """Version, and the values of Ray's Python and of its Java, by the names of ours."""
    here = os.path.join(ROOT, "benchmarks", "ray")
    interpreter = os.path.join(venv, "bin", "python")
    print("Ray, Python", file=sys.stderr)
    python = json.loads(run([interpreter, os.path.join(here, python_script), str(rounds)]).splitlines()[-1])
    packages = os.path.dirname(run([interpreter, "-c", "import ray; print(ray.__file__)"]).strip())
    jar = os.path.join(packages, "jars", "ray_dist.jar")
    print("Ray, Java", file=sys.stderr)
    with tempfile.TemporaryDirectory() as folder:
        run([os.path.join(os.path.dirname(java()), "javac"), "-nowarn", "-cp", jar, "-d", folder, os.path.join(here, java_class + ".java")])
        environment = dict(os.environ, PATH=os.path.join(venv, "bin") + ":" + os.environ["PATH"])
        output = run([java(), *OPENS, "-Dray.object-store.memory=3000000000", "-cp", f"{jar}:{folder}", java_class, str(rounds)],
                     env=environment, cwd=folder, stderr=subprocess.DEVNULL)
    line = next(each for each in output.splitlines() if each.startswith("RESULT "))
    return (python["version"], {k: Value.of_rounds(v) for k, v in python["results"].items()},
            {k: Value.of_rounds(v) for k, v in json.loads(line[7:]).items()})


# As the limit of a row: the greater of Ray's figures.
RAY = object()


def limit_of(limit, peer, ours, python, java_values):
    """What a row's figure is compared with; None if that was not measured."""
    if limit is RAY:
        return max((values[peer].middle for values in (python, java_values) if peer in values), default=None)
    return ours[limit].middle if limit in ours else None


def table(heading, about, rows, ours, python, java_values, version, notes=()):
    """Rows are: what is measured, its unit, our value, the limit, Ray's value, what must be reached: a text and a test of (ours, limit). Notes follow the table."""
    head = ["measure", "unit", "Thornback", "limit here"] + ([f"Ray {version}, Python", f"Ray {version}, Java"] if version else [])
    lines = [f"# {heading}", "", ", ".join(f"{k} {v}" for k, v in about.items()), "",
             "Mean ± half of the 99.9 % confidence interval (JMH), or median (least..most) of the rounds.", "",
             "| " + " | ".join(head + ["must reach", ""]) + " |", "|" + "---|" * (len(head) + 2)]
    for title, unit, name, limit, peer, goal, reached in rows:
        if name not in ours:
            continue
        cells = [title, unit, ours[name].text, ours[limit].text if limit in ours else ""]
        if version:
            cells += [values[peer].text if peer in values else "" for values in (python, java_values)]
        verdict = ""
        compared = limit_of(limit, peer, ours, python, java_values)
        if reached and (limit is None or compared is not None):
            verdict = "yes" if reached(ours[name].middle, compared) else "NO"
        lines.append("| " + " | ".join(cells + [goal, verdict]) + " |")
    lines += ["", *(f"* {note}" for note in notes)] if notes else []
    return "\n".join(lines) + "\n"


def write(out, text, about, ours, python, java_values):
    """OUT.md and OUT.json."""
    os.makedirs(os.path.dirname(os.path.abspath(out)), exist_ok=True)
    with open(out + ".md", "w", encoding="utf-8") as file:
        file.write(text)
    with open(out + ".json", "w", encoding="utf-8") as file:
        json.dump({"machine": about, **{name: {k: v.json() for k, v in values.items()} for name, values in (
            ("thornback", ours), ("ray-python", python), ("ray-java", java_values))}}, file, indent=2)
