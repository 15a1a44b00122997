#!/usr/bin/env python3
"""coverage.py SRCDIR: how much of the product the tests of the build here
entered, by what gcc's counters say: for each folder, in all, and then each
function that was never entered."""

import collections
import glob
import json
import os
import subprocess
import sys

FOLDERS = ("core", "tui", "screens", "console", "cli", "terminal")
FILES_AT_ONCE = 50


def gcov(objects):
    """What gcov says about each. It fails on one without functions, such as a
    table, but tells of the others."""
    for i in range(0, len(objects), FILES_AT_ONCE):
        out = subprocess.run(
            ["gcov", "--json-format", "--stdout", *objects[i:i + FILES_AT_ONCE]],
            stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, check=False).stdout
        yield from map(json.loads, out.splitlines())


def read_counts(objects, srcdir):
    """Counts of lines by (file, number), of functions by (file, number, name)."""
    lines, functions = collections.Counter(), collections.Counter()
    for unit in gcov(objects):
        for source in unit["files"]:
            name = os.path.relpath(source["file"], srcdir)
            if not name.startswith(FOLDERS):
                continue
            for line in source["lines"]:
                lines[name, line["line_number"]] += line["count"]
            for f in source["functions"]:
                functions[name, f["start_line"], f["name"]] += f["execution_count"]
    return lines, functions


def by_folder(counts):
    """(entered, all) by folder, and by "all"."""
    sums = collections.defaultdict(lambda: [0, 0])
    for place, count in counts.items():
        for folder in os.path.dirname(place[0]), "all":
            sums[folder][0] += count > 0
            sums[folder][1] += 1
    return sums


def share(entered, total):
    return f"{entered:6} of {total:5} {100 * entered / total:5.1f} %"


def main():
    srcdir = os.path.abspath(sys.argv[1])
    objects = [name for folder in FOLDERS
               for name in glob.glob(f"{folder}/**/*.gcno", recursive=True)]
    lines, functions = read_counts(objects, srcdir)
    line_sums, function_sums = by_folder(lines), by_folder(functions)
    print(f"{'':14}{'lines':>23}{'functions':>25}")
    for folder in sorted(line_sums, key=lambda f: (f == "all", f)):
        print(f"{folder:14}{share(*line_sums[folder])}  "
              f"{share(*function_sums[folder])}")
    print("\nNever entered:")
    for name, number, function in sorted(p for p, n in functions.items() if not n):
        print(f"{name}:{number}: {function}")


main()
