"""Two runs of the benchmark beside each other: what became better or worse.

  compare.py [--all] FOLDER [BEFORE AFTER]

BEFORE and AFTER are files, or commits whose files are in FOLDER, where the two
newest are taken otherwise. Less is better, of everything. What was measured
beside a peer is compared by the ratio to it.
"""
import argparse
import glob
import json
import os
import sys

from figures import from_json, number, ratio
from goals import GOALS
from report import load_warning, table

NOISE = 0.05    # whatever the rounds say
APART = 0.1     # of two machines that are not equally fast


def find(folder, name):
    for path in (name, f"{folder}/{name}.json"):
        if os.path.isfile(path):
            return path
    return sys.exit(f"bench-compare: no figures of {name}: run make bench on "
                    "that commit first")


def newest(folder):
    found = sorted(glob.glob(f"{folder}/*.json"), key=os.path.getmtime)
    if len(found) < 2:
        sys.exit(f"bench-compare: {folder} does not have the figures of two "
                 "commits: run make bench on both first")
    return found[-2:]


def read(path):
    with open(path) as f:
        return json.load(f)


def flat(run):
    return {(name, key): figure for name, area in run["areas"].items()
            for key, figure in from_json(area["figures"]).items()}


def change(before, after):
    """How much more it is, as a part of it. None: it cannot be told."""
    old, new = ratio(before), ratio(after)
    if old is None or new is None:
        old, new = before.ours, after.ours
    if old is None or new is None:
        return None
    if old == new:
        return 0
    return new / old - 1 if old else float("inf")


def verdict(more, before, after):
    if more is None:
        return "-"
    if abs(more) <= max(NOISE, before.spread + after.spread):
        return "same"
    return "worse" if more > 0 else "better"


def rows(before, after):
    """Of what both have, in the order of the goals, others last."""
    known = {(g.area, g.key): g for g in GOALS}
    old, new = flat(before), flat(after)
    for at in sorted(old.keys() & new.keys(),
                     key=lambda at: list(known).index(at) if at in known
                     else len(known)):
        text, unit = ((known[at].text, known[at].unit) if at in known
                      else (at[1], ""))
        a, b = old[at], new[at]
        more = change(a, b)
        yield [f"{at[0]}: {text}", unit, number(a.ours, unit),
               number(b.ours, unit), number(ratio(a)), number(ratio(b)),
               "-" if more is None else f"{more:+.0%}", verdict(more, a, b)]


def warn_speed(before, after):
    more = after["yardstick"] / before["yardstick"] - 1
    if abs(more) > APART:
        print(f"WARN  The machine took {more:+.0%} of time for the same work: "
              "times without a ratio cannot be compared.")


def warn(*runs):
    warn_speed(*runs)
    for run in runs:
        said = load_warning({name: area["load"]
                             for name, area in run["areas"].items()})
        if said:
            print(f"{run['commit']}: {said}")
    if len({run["quick"] for run in runs}) > 1:
        print("WARN  One of them was a quick run.")
    if len({(run["machine"], run["cpus"]) for run in runs}) > 1:
        print("WARN  They were measured on different machines.")


def compare(before, after, everything):
    found = list(rows(before, after))
    told = [r for r in found if everything or r[-1] in ("better", "worse")]
    if told:
        table([["", "unit", before["commit"], after["commit"], "ratio",
                "ratio", "change", ""]] + told)
        print()
    same = sum(r[-1] == "same" for r in found)
    print(f"{same} of {len(found)} figures are the same within noise.")
    alone = len(flat(before).keys() ^ flat(after).keys())
    if alone:
        print(f"{alone} were measured in one of both runs only.")
    warn(before, after)


def main():
    p = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    p.add_argument("--all", action="store_true", help="also what is the same")
    p.add_argument("folder")
    p.add_argument("runs", nargs="*", metavar="BEFORE AFTER")
    a = p.parse_args()
    if len(a.runs) not in (0, 2):
        p.error("two runs can be compared, not one and not three")
    paths = ([find(a.folder, name) for name in a.runs] or newest(a.folder))
    compare(*map(read, paths), a.all)


main()
