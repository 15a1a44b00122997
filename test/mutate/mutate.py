"""Small errors put into the source, one at a time: which does a test notice?

Run by "make mutate" with top_srcdir and builddir in the environment, and there
or on make's command line are the following; --check only compares the tables
with the source:

	MODULES='core/plan core/state/lock'	folders or files; all by default
	ROWS=200	as many of those in the tables; all by default
	AUTO=50		as many automatic ones beside them
	SEED=1		chooses them
	QUICK=1		unit tests only: what needs a script is left out
	MINUTES=30	begins no mutant after that
	JOBS=1		each with a copy of the source and a build of its own

A mutant is a row of a table beside this file (table.py reads them) or made by
an operator (operators.py). Unit tests look at it first, those named for its
subject before the others, then the scripts named for it (the file "tests").
Prints a table by module and the survivors. The status is 1 if the safety core
or all others are below their threshold, 2 if a row fits the source no more or a
build failed.
"""
import collections
import os
import queue
import random
import re
import shlex
import shutil
import signal
import subprocess
import sys
import threading
import time

import operators
import table

HERE = os.path.dirname(os.path.abspath(__file__))
SAFETY_CORE = ("core/commit", "core/state", "core/plan")
THRESHOLDS = {"safety core": 90, "elsewhere": 80}   # percent
UNIT_SECONDS, SCRIPT_SECONDS = 30, 400  # a test that takes longer has noticed
SKIPPED = {".git", "build", "autom4te.cache"}
# Swapped arguments are no mutants if the compiler finds them.
CFLAGS = "-O0 -Werror=incompatible-pointer-types -Werror=int-conversion"
KILLED, SURVIVED, EQUIVALENT, NOT_BUILT, NOT_RUN = (
    "killed", "survived", "equivalent", "not built", "not run")
COLUMNS = (KILLED, SURVIVED, EQUIVALENT, NOT_BUILT, NOT_RUN)


children = set()  # running now


def end(child):
    try:
        os.killpg(child.pid, signal.SIGKILL)
    except ProcessLookupError:
        pass


def start(argv, cwd, env=None):
    p = subprocess.Popen(argv, cwd=cwd, env=env, stdin=subprocess.DEVNULL,
                         stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                         start_new_session=True)
    children.add(p)
    return p


def run(argv, cwd):
    """Its status and output."""
    p = start(argv, cwd)
    said, _ = p.communicate()
    children.discard(p)
    return p.returncode, said.decode(errors="replace")


def end_gently(p):
    """Ends what a script waits for, so that it tidies up after its sandbox."""
    waited = f"/proc/{p.pid}/task/{p.pid}/children"
    for _ in range(100):
        try:
            for child in read(waited).split():
                os.kill(int(child), signal.SIGTERM)
            p.wait(0.1)
            return
        except (OSError, subprocess.TimeoutExpired):
            pass
    end(p)


def failure(argv, cwd, env, seconds):
    """What a test complained of first, at which it is ended; "" if of nothing
    until its end."""
    p = start(argv, cwd, env)
    late = threading.Event()
    timer = threading.Timer(seconds, lambda: (late.set(), end_gently(p)))
    timer.start()
    broken = ""
    for line in p.stdout:
        if line.startswith(b"not ok") and not broken:
            broken = line.decode(errors="replace").strip()
            end_gently(p)
    status = p.wait()
    timer.cancel()
    children.discard(p)
    if late.is_set():
        return "hung"
    return broken or (f"status {status}" if status else "")


def read(path):
    with open(path, encoding="utf-8", errors="surrogateescape") as f:
        return f.read()


def write(path, text):
    with open(path, "w", encoding="utf-8", errors="surrogateescape") as f:
        f.write(text)


def unit_tests(top):
    """Those that Makefile.am lists."""
    listed = re.search(r"^UNIT_TESTS = ((?:.*\\\n)*.*)$",
                       read(os.path.join(top, "Makefile.am")), re.M)
    return listed.group(1).replace("\\\n", " ").split()


def module_of(path):
    return os.path.dirname(path)


class Subjects:
    """Which tests are about a file: the row with the longest prefix of it."""

    def __init__(self, path):
        rows = (line.split() for line in read(path).splitlines()
                if line and not line.startswith("#"))
        self.rows = sorted(((row[0], row[1:]) for row in rows),
                           key=lambda row: -len(row[0]))

    def tests(self, file):
        for prefix, tests in self.rows:
            if file.startswith(prefix):
                return tests
        return []


class Tree:
    """A copy of the source with a build folder, for one job."""

    def __init__(self, top, builddir, number):
        self.top, self.builddir = top, builddir
        self.tree = os.path.join(builddir, "mutate", str(number))
        self.build = os.path.join(self.tree, "build")
        self.configured = os.path.join(builddir, "config.status")
        self.env = dict(os.environ, top_srcdir=self.tree, builddir=self.build,
                        LC_ALL="C.UTF-8", CMOCKA_MESSAGE_OUTPUT="TAP")

    def refresh(self):
        """Copies what differs, so that only that is built anew."""
        for folder, folders, files in os.walk(self.top):
            folders[:] = [f for f in folders if f not in SKIPPED and
                          os.path.join(folder, f) != self.builddir]
            to = os.path.join(self.tree, os.path.relpath(folder, self.top))
            os.makedirs(to, exist_ok=True)
            for name in files:
                self.copy(os.path.join(folder, name), os.path.join(to, name))

    @staticmethod
    def copy(source, to):
        if os.path.islink(source) and not os.path.exists(source):
            return
        with open(source, "rb") as f:
            wanted = f.read()
        if not os.path.exists(to):
            shutil.copy2(source, to)
            return
        with open(to, "rb") as f:
            same = f.read() == wanted
        if not same:
            shutil.copyfile(source, to)

    def configure(self):
        if os.path.exists(os.path.join(self.build, "Makefile")):
            return
        os.makedirs(self.build, exist_ok=True)
        arguments = []
        if os.path.exists(self.configured):
            said = run([self.configured, "--config"], self.build)[1]
            arguments = shlex.split(said)
        status, said = run(["../configure", "-q", *arguments,
                            "--disable-werror", f"CFLAGS={CFLAGS}"], self.build)
        if status != 0:
            sys.exit(f"cannot configure {self.tree}:\n{said}")

    def make(self, *targets):
        return run(["make", "-s", *targets], self.build)[0] == 0

    def notices(self, test):
        """How a test, which is built, fails; "" if it passes."""
        if test.endswith(".sh"):
            argv = ["sh", os.path.join(self.tree, test)]
            seconds = SCRIPT_SECONDS
        else:
            argv, seconds = [os.path.join(self.build, test)], UNIT_SECONDS
        return failure(argv, self.build, self.env, seconds)


class Trust:
    """Tests that have passed in this run. The first failure of another is only
    believed after it passed on the source as it is."""

    def __init__(self):
        self.lock = threading.Lock()
        self.good, self.bad = set(), set()

    def passed(self, test):
        with self.lock:
            self.good.add(test)

    def believes(self, test, tree, original):
        with self.lock:
            known = test in self.good
        if known:
            return True
        fails = original() and tree.notices(test)
        with self.lock:
            (self.bad if fails else self.good).add(test)
        return not fails


class Runner:
    def __init__(self, top, subjects, trust, quick):
        self.subjects, self.trust, self.quick = subjects, trust, quick
        self.units = unit_tests(top)

    def order(self, mutant):
        """Unit tests of its subject, all others, then its scripts."""
        named = ["test/" + t for t in
                 mutant.tests or self.subjects.tests(mutant.file)]
        scripts = [t for t in named if t.endswith(".sh")]
        first = [t for t in named if not t.endswith(".sh")]
        others = [t for t in self.units if t not in first]
        return first, others, scripts

    def judge(self, tree, mutant):
        path = os.path.join(tree.tree, mutant.file)
        whole = read(path)
        write(path, mutant.apply(whole))

        def original():
            write(path, whole)
            return tree.make("all", "check", "TESTS=")

        try:
            return self.try_all(tree, mutant, original)
        finally:
            write(path, whole)

    def try_all(self, tree, mutant, original):
        """Its outcome, and who noticed. Not all programs are linked for a
        mutant that the first test notices."""
        first, others, scripts = self.order(mutant)
        for tests, targets in ((first, first),
                               (others, ("check", "TESTS=")),
                               (scripts, ("all", "check", "TESTS="))):
            if tests is scripts and scripts and self.quick:
                return NOT_RUN, ""
            if tests and not tree.make(*targets):
                return NOT_BUILT, ""
            for test in tests:
                if test in self.trust.bad:
                    continue
                how = tree.notices(test)
                if not how:
                    self.trust.passed(test)
                elif self.trust.believes(test, tree, original):
                    return KILLED, f"{test}: {how}"
                else:
                    return self.judge(tree, mutant)
        return SURVIVED, ""


def wanted(file, modules):
    return not modules or any(
        file == m or file.startswith((m.rstrip("/") + "/", m + "."))
        for m in modules)


def percent(count):
    tried = count[KILLED] + count[SURVIVED]
    return 100 * count[KILLED] // tried if tried else None


def group_of(module):
    return "safety core" if module in SAFETY_CORE else "elsewhere"


def print_row(name, count, note=""):
    share = percent(count)
    print(name.ljust(16), *(str(count[c]).rjust(10) for c in COLUMNS),
          "  -" if share is None else f"{share:8d}%", note)


def print_table(results):
    """Prints it and returns whether each group reaches its threshold."""
    modules = collections.defaultdict(collections.Counter)
    groups = collections.defaultdict(collections.Counter)
    for mutant, outcome, _ in results:
        module = module_of(mutant.file)
        modules[module][outcome] += 1
        groups[group_of(module)][outcome] += 1
    print("\n" + "module".ljust(16), *(c.rjust(10) for c in COLUMNS),
          "  percent")
    for module, count in sorted(modules.items()):
        print_row(module, count)
    enough = True
    for name, least in THRESHOLDS.items():
        share = percent(groups[name])
        below = share is not None and share < least
        enough = enough and not below
        print_row(name, groups[name], f"(below {least}%)" if below else "")
    return enough


def print_survivors(results):
    survivors = [m for m, outcome, _ in results if outcome == SURVIVED]
    if survivors:
        print("\nsurvived:")
    for m in survivors:
        print(f"{m.file}:{m.line}: {m.what}\n  - {m.old}\n  + {m.new}")


def run_all(mutants, runner, trees, minutes):
    """(mutant, outcome, who noticed) of each, as they end."""
    todo, results, lock = queue.SimpleQueue(), [], threading.Lock()
    end = time.monotonic() + minutes * 60
    for mutant in mutants:
        todo.put(mutant)

    def work(tree):
        while True:
            try:
                mutant = todo.get_nowait()
            except queue.Empty:
                return
            begun = time.monotonic()
            if mutant.equivalent:
                outcome, who = EQUIVALENT, mutant.equivalent
            elif begun >= end:
                outcome, who = NOT_RUN, ""
            else:
                outcome, who = runner.judge(tree, mutant)
            with lock:
                results.append((mutant, outcome, who))
                print(f"{outcome}: {mutant.file}:{mutant.line}: {mutant.what}"
                      f" ({time.monotonic() - begun:.0f} s) {who}", flush=True)

    threads = [threading.Thread(target=work, args=(tree,), daemon=True)
               for tree in trees]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return results


def prepare(top, builddir, jobs):
    trees = [Tree(top, builddir, i) for i in range(jobs)]
    for tree in trees:
        tree.refresh()
        tree.configure()
        if not tree.make("all", "check", "TESTS="):
            print(f"{tree.tree} cannot be built", file=sys.stderr)
            sys.exit(2)
    return trees


def number(name, default):
    return int(os.environ.get(name) or default)


def only_check():
    if len(sys.argv) > 1 and sys.argv[1:] != ["--check"]:
        print("usage: mutate.py [--check]", file=sys.stderr)
        sys.exit(2)
    return len(sys.argv) > 1


def main():
    check = only_check()
    top = os.path.abspath(os.environ.get("top_srcdir", "."))
    tables = os.environ.get("TABLES", HERE)
    modules = os.environ.get("MODULES", "").split()
    mutants, stale = table.read_all(tables, top)
    for complaint in stale:
        print(complaint, file=sys.stderr)
    if stale or check:
        print(f"{len(mutants)} mutants fit the source, {len(stale)} do not")
        return 2 if stale else 0
    mutants = [m for m in mutants if wanted(m.file, modules)]
    seed, rows = number("SEED", 1), number("ROWS", len(mutants))
    mutants = random.Random(seed).sample(mutants, min(rows, len(mutants)))
    builddir = os.path.abspath(os.environ.get("builddir", "build"))
    mutants += operators.choose(top, builddir, modules, number("AUTO", 0),
                                seed)
    random.Random(seed).shuffle(mutants)    # a run cut short is a fair one
    begun = time.monotonic()
    trust = Trust()
    runner = Runner(top, Subjects(os.path.join(tables, "tests")), trust,
                    number("QUICK", 0))
    results = run_all(mutants, runner, prepare(top, builddir,
                                               number("JOBS", 1)),
                      number("MINUTES", 1000))
    enough = print_table(results)
    print_survivors(results)
    for test in sorted(trust.bad):
        print(f"{test} fails without a mutant, and was not asked")
    print(f"\n{len(results)} mutants in {time.monotonic() - begun:.0f} s")
    return 0 if enough else 1


if __name__ == "__main__":
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        sys.exit(main())
    except KeyboardInterrupt:
        for running in list(children):
            end(running)
        sys.exit(130)
