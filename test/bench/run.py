"""Measures all areas, or those of --only, each in a throw-away host of its own
and beside its peers; prints a table of goals and writes the figures as JSON.
Asserts nothing.
"""
import argparse
import importlib
import json
import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
import traceback

from figures import Figure, from_json, to_json
from goals import GOALS
from host import Options
from load import taken, yardstick
from report import load_warning, print_report

HERE = os.path.dirname(os.path.abspath(__file__))
AREAS = list(dict.fromkeys(goal.area for goal in GOALS))
AREA_S = 1800   # one that takes longer is ended


def say(text):
    print(text, file=sys.stderr, flush=True)


# In the host

def measure_here(o, area):
    """Figures and tables that were had, and why no more: None, or words."""
    had = []
    try:
        had.extend(importlib.import_module(area).measure(o))
    except Exception as e:  # of any kind: others are to be measured still
        traceback.print_exc()
        return had, str(e) or type(e).__name__
    return had, None


def inside(o, area):
    """Stdout is for the figures alone."""
    with os.fdopen(os.dup(1), "w") as out:
        os.dup2(2, 1)
        if os.environ.get("SEKI_LAB"):
            socket.sethostname("vps1")
        with tempfile.TemporaryDirectory() as o.work:
            had, why = measure_here(o, area)
        figures = [f for f in had if isinstance(f, Figure)]
        tables = [t.rows for t in had if not isinstance(t, Figure)]
        json.dump({"figures": to_json(figures), "tables": tables,
                   "failed": why}, out)


# Outside of it

def host_of(o, area):
    """What starts a throw-away host, before the words of a command."""
    script = f"{HERE}/{area}.sh"
    if os.path.exists(script):
        return ["sh", script]
    return [o.seki, "lab", "--no-traffic", "--", "unshare", "-u"]


def end(process):
    """A lab cleans up when it is told to end."""
    process.send_signal(signal.SIGTERM)
    try:
        process.communicate(timeout=10)
    except subprocess.TimeoutExpired:
        process.kill()
        process.communicate()


def nothing(why):
    return {"figures": {}, "tables": [], "failed": why}


def measure(o, area):
    words = [sys.executable, "-B", f"{HERE}/run.py", *sys.argv[1:],
             "--inside", area]
    env = dict(os.environ, top_srcdir=f"{HERE}/../..", builddir=o.builddir)
    with subprocess.Popen(host_of(o, area) + words, env=env,
                          stdout=subprocess.PIPE, text=True) as process:
        try:
            out, _ = process.communicate(timeout=AREA_S)
        except subprocess.TimeoutExpired:
            end(process)
            return nothing(f"not done after {AREA_S} s")
    try:
        return json.loads(out)
    except ValueError:
        return nothing(out.strip() or "it gave no figures")


def measure_all(o, areas):
    """area -> what is told of it in the JSON."""
    told, before = {}, taken()
    for area in areas:
        say(f"{area} ...")
        begun = time.monotonic()
        told[area] = measure(o, area)
        told[area]["seconds"] = round(time.monotonic() - begun)
        after = taken()
        told[area]["load"] = max(before, after)
        before = after
    return told


def commit_of(folder):
    done = subprocess.run(
        ["git", "-C", folder, "describe", "--always", "--dirty"],
        capture_output=True, text=True)
    return done.stdout.strip() or "unknown"


def write(path, told):
    os.makedirs(os.path.dirname(os.path.abspath(path)), exist_ok=True)
    with open(path, "w") as f:
        json.dump(told, f, indent=1)
        f.write("\n")


def chosen(only):
    wanted = only.split(",") if only else AREAS
    unknown = [area for area in wanted if area not in AREAS]
    if unknown:
        sys.exit(f"bench: no area {unknown[0]}: there are {', '.join(AREAS)}")
    return [area for area in AREAS if area in wanted]


def arguments():
    p = argparse.ArgumentParser(description=__doc__)
    p.add_argument("--only", help="these areas, with commas between: " +
                   ", ".join(AREAS))
    p.add_argument("--quick", action="store_true", help="less of everything")
    p.add_argument("--programs", help="beside the console: names with commas "
                   "between, or all")
    p.add_argument("--json", help="the file of the figures")
    p.add_argument("--inside", help=argparse.SUPPRESS)
    p.add_argument("--builddir", required=True, help=argparse.SUPPRESS)
    return p.parse_args()


def earlier(path, quick):
    """Areas that were measured before at the same commit."""
    try:
        with open(path) as f:
            told = json.load(f)
    except (OSError, ValueError):
        return {}
    return told["areas"] if told["quick"] == quick else {}


def report(areas):
    print_report(
        GOALS, {name: from_json(a["figures"]) for name, a in areas.items()},
        [rows for a in areas.values() for rows in a["tables"]],
        {name: a["load"] for name, a in areas.items()},
        {name: a["failed"] for name, a in areas.items() if a["failed"]})


def main():
    a = arguments()
    o = Options(f"{a.builddir}/seki", a.builddir, "", a.quick,
                a.programs.split(",") if a.programs else None)
    if a.inside:
        return inside(o, a.inside)
    commit = commit_of(HERE)
    path = a.json or f"{a.builddir}/bench/{commit}.json"
    told = {"schema": 1, "commit": commit, "quick": a.quick,
            "machine": " ".join(os.uname()[i] for i in (0, 2, 4)),
            "cpus": os.cpu_count(), "yardstick": yardstick()}
    begun = time.monotonic()
    areas = measure_all(o, chosen(a.only))
    told["areas"] = (earlier(path, a.quick) if a.only else {}) | areas
    write(path, told)
    report(areas)
    print(f"{time.monotonic() - begun:.0f} s; the figures are in {path}")
    return None


main()
