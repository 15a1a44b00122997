"""What the console costs, beside its peers, in the same run.

Runs in the lab's host (see bench.sh). Prints tables and asserts nothing.
"""
import argparse
import contextlib
import itertools
import json
import os
import re
import shutil
import signal
import statistics
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass, field

from terminal import (CSI, TEXT, Terminal, colours, cpu_ms, plain,
                      resident_mib)

HERE = os.path.dirname(os.path.abspath(__file__))
SMALL, LARGE = (80, 24), (160, 50)
ADDRESS = "2001:db8::10"
CONTAINERS = ("web1", "dns1", "git1")
IDLE_CONNECTIONS = 24
BUSY = range(8001, 8007)
MANY = range(10000, 11000)
SIGNALS = ("TERM", "HUP", "INT", "QUIT")
MANNERS = {
    "TERM=dumb": {"TERM": "dumb"},
    "no TERM": {"TERM": None},
    "vt100": {"TERM": "vt100"},
    "linux": {"TERM": "linux"},
    "LANG=C": {"LANG": "C"},
    "NO_COLOR": {"NO_COLOR": "1"},
}


@dataclass
class Program:
    name: str
    argv: list
    enter: tuple = ()      # keys to the screen whose keys are measured
    move: tuple = ("Down", "Up")
    home: str = ""         # back to where these move something
    box: str = ""          # opens what Esc closes; none: Esc by itself
    rates: str = ""        # how its text shows a rate that is not 0
    no: set = field(default_factory=set)  # comparisons it is not fit for


def programs(seki, work):
    """A static view neither has rates nor pays for them; a blank screen, or
    one that was known before, is no first screen; watch counts only as what
    it is, a clock."""
    static = {"refresh", "still", "cpu", "rss"}
    nft = ["watch", "-n1", "nft", "list", "ruleset"]
    blank = {"paint80", "paint160", "bytes80", "bytes160"}
    menu = list(itertools.chain(*((str(i), f"item {i}") for i in range(15))))
    return [
        Program("seki", [seki], ("4",), home="g", box="?",
                rates=r"(?<!max )\b[1-9][0-9.]* ?[kM]"),
        Program("htop", ["htop", "-d10"], box="/"),
        Program("btop", ["btop"], box="f"),
        Program("bmon", ["bmon"], rates=r"[1-9][0-9.]*Ki?B"),
        Program("iftop", ["iftop", "-nN", "-i", "eth0"], move=("b",),
                rates=r"[1-9][0-9.]*[KM]b", no=blank),
        Program("iptraf-ng", ["iptraf-ng", "-i", "eth0"], no=blank),
        Program("iptstate", ["iptstate"], move=("b",)),
        Program("tig", ["tig", "-C", f"{work}/repository"], box="/",
                no=static),
        Program("nload", ["nload", "-t", "1000", "eth0"], move=("Right",),
                rates=r"Curr: [1-9]", no=blank),
        Program("watch", nft, move=(), no=blank | {"refresh", "still"}),
        Program("whiptail", ["whiptail", "--menu", "peer", "20", "70", "12",
                             *menu], no=static | blank),
    ]


# Goals: a figure, or so many times the best peer.

@dataclass
class Goal:
    key: str
    text: str
    unit: str
    at_most: float = None
    times: float = None


GOALS = [
    Goal("paint80", "first screen, 80x24", "ms", times=1.2),
    Goal("paint160", "first screen, 160x50", "ms", times=1.2),
    Goal("rates", "first rates on it", "ms", 300),
    Goal("bytes80", "first frame, 80x24", "B", 1600),
    Goal("bytes160", "first frame, 160x50", "B", 4000),
    Goal("refresh", "one refresh, 6 busy forwards", "B", 150),
    Goal("still", "10 s with nothing changing", "B", 0),
    Goal("cpu", "CPU in 10 s, 6 busy forwards", "ms", 4),
    Goal("cpu_many", "CPU in 10 s, 1000 forwards", "ms", 40),
    Goal("rss", "resident memory", "MiB", 4.5),
    Goal("key", "key to paint, median", "ms", 0.35),
    Goal("key_worst", "key to paint, worst", "ms", 0.6),
    Goal("key_many", "the same among 1000 forwards", "ms", 0.35),
    Goal("key_others", "the same while others commit", "ms", 0.35),
    Goal("key_commit", "the same during its own commit", "ms", 0.35),
    Goal("key_commit_worst", "worst of these", "ms", 0.6),
    Goal("key_bytes", "bytes of a Down", "B", 60),
    Goal("esc", "a lone Esc", "ms", 27),
    Goal("resize", "resized to first byte", "ms", 1),
    Goal("gone", "terminal gone, to exit", "ms", 100),
    Goal("gone_cpu", "CPU of that", "ms", 4),
]


def environment(home, change=None):
    env = {k: v for k, v in os.environ.items()
           if not k.startswith(("LC_", "TMUX", "COLOR")) and
           k not in ("NO_COLOR", "LINES", "COLUMNS", "LANGUAGE")}
    env.update(TERM="xterm-256color", LANG="C.UTF-8", HOME=home,
               XDG_CONFIG_HOME=home, XDG_STATE_HOME=home)
    for name, value in (change or {}).items():
        env[name] = value
        if value is None:
            del env[name]
    return env


def say(text):
    print(text, file=sys.stderr, flush=True)


def median(values):
    values = [v for v in values if v is not None]
    return statistics.median(values) if values else None


# The host that all of them look at

def statements(ports):
    yield "uplink eth0"
    yield "bridge lxcbr0 ula fd5a:1c2e:90b1::1/64 masquerade"
    for i, name in enumerate(CONTAINERS):
        yield f"container {name} on lxcbr0 ula fd5a:1c2e:90b1::{i + 3}"
    for i, port in enumerate(ports):
        yield f"forward tcp {port} to {CONTAINERS[i % len(CONTAINERS)]}"


def seki_command(seki, *words):
    done = subprocess.run([seki, *words], capture_output=True, text=True)
    if done.returncode != 0:
        raise SystemExit(f"seki {' '.join(words)}: {done.stderr}")


def configure(seki, ports):
    with open(os.environ["SEKI_CONFIG"], "w") as f:
        f.writelines(line + "\n" for line in statements(ports))
    seki_command(seki, "apply")


def silence():
    """Containers ask for routers now and then."""
    script = ("for f in /proc/sys/net/ipv6/conf/*/router_solicitations; do "
              "echo 0 >$f; done")
    for node in os.listdir("/run/netns"):
        subprocess.run(["nsenter", f"--net=/run/netns/{node}", "sh", "-c",
                        script])
    time.sleep(2)


@contextlib.contextmanager
def traffic():
    def inside(node, *words):
        return subprocess.Popen(
            ["nsenter", f"--net=/run/netns/{node}", sys.executable, "-B",
             f"{HERE}/traffic.py", *map(str, words)], stdout=subprocess.PIPE)
    running = [inside(node, "serve", *BUSY) for node in CONTAINERS]
    try:
        running.append(inside("client1", "load", ADDRESS, IDLE_CONNECTIONS,
                              *BUSY))
        running[-1].stdout.readline()
        yield
    finally:
        for process in running:
            process.kill()
            process.wait()


# Measurements of one program

class Bench:
    def __init__(self, options, home):
        self.o, self.home = options, home
        self.results = {}

    def note(self, program, **figures):
        self.results.setdefault(program.name, {}).update(figures)

    def start(self, program, size=SMALL, env=None, ignore_hup=False):
        return Terminal(program.argv, size, environment(self.home, env),
                        ignore_hup)

    @contextlib.contextmanager
    def settled(self, program, enter=False):
        with self.start(program) as t:
            t.frame(3, TEXT)
            for key in program.enter if enter else ():
                t.send(key)
                t.frame(1)
            yield t

    def first_screens(self, program_list):
        """In turns, so that what else this machine does hits all alike."""
        taken = {}
        for _ in range(self.o.starts):
            for p, size in itertools.product(program_list, (SMALL, LARGE)):
                with self.start(p, size) as t:
                    n, _, last = t.frame(3, TEXT)
                    if n > TEXT and t.alive():
                        taken.setdefault((p.name, size), []).append(
                            ((last - t.started) * 1e3, n))
                    t.end_ms(signal.SIGTERM, 1)
        for p in program_list:
            for size, w in ((SMALL, 80), (LARGE, 160)):
                got = taken.get((p.name, size), [])
                self.note(p, **{f"paint{w}": median(ms for ms, _ in got),
                                f"bytes{w}": median(n for _, n in got)})

    def first_rates(self, p):
        if not p.rates:
            return
        wanted, took = re.compile(p.rates), []
        for _ in range(3):
            with self.start(p) as t:
                while time.perf_counter() - t.started < 5 and t.alive():
                    _, at = t.read(0.1)
                    if at and wanted.search(plain(t.stream)):
                        took.append((at - t.started) * 1e3)
                        break
        self.note(p, rates=median(took))

    def watching(self, p, suffix=""):
        """What looking costs: bytes, CPU, memory."""
        seconds = self.o.seconds
        with self.settled(p, enter=bool(suffix)) as t:
            t.frames(3)
            before = cpu_ms(t.pid)
            sizes = t.frames(seconds)
            used = (cpu_ms(t.pid) - before) * 10 / seconds
            if not t.alive():
                return
            self.note(p, **{f"refresh{suffix}": median(sizes) or 0,
                            f"cpu{suffix}": used,
                            f"rss{suffix}": resident_mib(t.pid)})

    def still(self, p):
        with self.settled(p) as t:
            t.frames(3)
            n = sum(t.frames(self.o.seconds))
            if t.alive():
                self.note(p, still=n * 10 / self.o.seconds)

    def press(self, t, p, presses, pause_s=0.05):
        """Presses its keys in turn, each in a quiet moment."""
        took = []
        for i in range(presses):
            key = p.move[i % len(p.move)]
            if p.home and key == p.move[0]:
                t.send(p.home)
            t.frames(pause_s + 0.007 * (i % 5))
            if not t.alive():
                break
            took.append(t.answer_ms(lambda: t.send(key)))
        return ([ms for ms, _ in took if ms is not None],
                [n for ms, n in took if ms is not None])

    def keys(self, p, suffix=""):
        if not p.move:
            return
        with self.settled(p, enter=True) as t:
            t.frames(0.5)
            ms, n = self.press(t, p, self.o.presses)
            if ms:
                self.note(p, **{f"key{suffix}": median(ms),
                                f"key{suffix}_worst": max(ms),
                                f"key{suffix}_bytes": median(n)})

    def esc(self, p):
        took = []
        for _ in range(3):
            with self.settled(p) as t:
                if p.box:
                    t.send(p.box)
                    t.frame(1)
                t.frames(0.2)
                took.append(t.answer_ms(lambda: t.send("Esc"))[0])
        self.note(p, esc=median(took))

    def resizes(self, p):
        took, sizes = [], itertools.cycle(((100, 30), SMALL))
        with self.settled(p) as t:
            for _ in range(6):
                t.frames(0.3)
                size = next(sizes)
                took.append(t.answer_ms(lambda: t.resize(size))[0])
            t.resize((40, 10))
            t.frames(0.5)
            t.resize(SMALL)
            t.frames(0.5)
            self.note(p, resize=median(took),
                      survives="yes" if t.alive() else "no")

    def signals(self, p):
        good = []
        for name in SIGNALS:
            with self.settled(p) as t:
                t.frames(0.2)
                ms = t.end_ms(getattr(signal, "SIG" + name))
                if ms is not None and t.restored():
                    good.append(name)
        self.note(p, restored=good)

    def gone(self, p):
        """The worse of what happens with and without SIGHUP."""
        ends, used = [], []
        for ignore_hup in (False, True):
            with self.start(p, ignore_hup=ignore_hup) as t:
                t.frame(3, TEXT)
                t.frames(0.2)
                ms, cpu = t.vanish()
                ends.append(ms)
                used.append(cpu)
        self.note(p, gone=None if None in ends else max(ends),
                  gone_cpu=max(used))

    def manners(self, p):
        self.note(p, manners={name: self.manner(p, name, env)
                              for name, env in MANNERS.items()})
        with open(f"{self.home}/file", "w+b") as f:
            with contextlib.suppress(subprocess.TimeoutExpired):
                subprocess.run(p.argv, stdin=subprocess.DEVNULL, stdout=f,
                               stderr=subprocess.DEVNULL, timeout=1.5,
                               env=environment(self.home))
            f.seek(0)
            quiet = b"\033" not in f.read()
        self.results[p.name]["manners"]["no tty"] = "ok" if quiet else "ESC"

    def manner(self, p, name, env):
        """"ok", or what it does wrong."""
        with self.start(p, env=env) as t:
            t.frame(2, TEXT)
            t.frames(0.3)
            out, alive = bytes(t.stream), t.alive()
        if name in ("TERM=dumb", "no TERM"):
            return ("ESC" if CSI.search(out.replace(b"\r", b"")) else
                    "ok" if plain(out).strip() else "mute")
        if not alive:
            return "exits"
        if name in ("vt100", "NO_COLOR") and colours(out):
            return "colour"
        if name == "LANG=C" and any(byte > 126 for byte in out):
            return "UTF-8"
        return "ok"


# The console alone

class Console(Bench):
    def many(self, p):
        self.watching(p, "_many")
        self.keys(p, "_many")

    def others_commit(self, p, seki):
        """Keys while other sekis commit, one after the other."""
        script = ("i=0; while :; do i=$((i + 1)); "
                  f"{seki} set default input $([ $((i % 2)) = 0 ] && "
                  f"echo deny || echo allow); {seki} commit --now; done")
        with self.settled(p, enter=True) as t:
            others = subprocess.Popen(["sh", "-c", script],
                                      stdout=subprocess.DEVNULL,
                                      stderr=subprocess.DEVNULL)
            try:
                t.frames(0.5)
                ms, _ = self.press(t, p, self.o.presses, 0.02)
            finally:
                others.kill()
                others.wait()
        if ms:
            self.note(p, key_others=median(ms), key_others_worst=max(ms))

    def own_commit(self, p, seki):
        """Keys from the moment that its own commit is asked for."""
        took = []
        seki_command(seki, "set", "forward", "tcp", "9000", "to", "web1")
        with self.settled(p) as t:
            t.send("c")
            while t.alive() and "Enter commits" not in plain(t.stream):
                t.frame(3)
            t.send("Enter")
            for _ in range(60):
                took.append(t.answer_ms(lambda: t.send("^L"))[0])
        took = [ms for ms in took if ms is not None]
        subprocess.run([seki, "revert"], capture_output=True)
        subprocess.run([seki, "discard"], capture_output=True)
        if took:
            self.note(p, key_commit=median(took), key_commit_worst=max(took))


# Tables

def figure(value, unit=""):
    if value is None:
        return "-"
    if isinstance(value, (str, list)):
        return str(len(value)) if isinstance(value, list) else value
    if unit == "B":
        return f"{value:.0f}"
    return f"{value:.2f}" if value < 10 else f"{value:.0f}"


def table(rows):
    widths = [max(len(str(c)) for c in column) for column in zip(*rows)]
    for row in rows:
        cells = [str(c).ljust(w) if i == 0 else str(c).rjust(w)
                 for i, (c, w) in enumerate(zip(row, widths))]
        print("  ".join(cells).rstrip())


def best_peer(results, program_list, key):
    """The least figure of those that are fit for the comparison."""
    found = [(results.get(p.name, {}).get(key), p.name)
             for p in program_list[1:] if key not in p.no]
    return min([f for f in found if f[0] is not None], default=(None, "-"))


def goal_row(goal, ours, peer, name):
    limit = goal.at_most if goal.times is None else (
        goal.times * peer if peer is not None else None)
    verdict = "-" if ours is None or limit is None else (
        "ok" if ours <= limit else "OVER")
    asked = figure(limit, goal.unit)
    if goal.times is not None:
        asked = f"{goal.times}x = {asked}"
    ratio = f"{ours / peer:.2f}" if ours is not None and peer else "-"
    best = f"{name} {figure(peer, goal.unit)}" if peer is not None else "-"
    return [goal.text, goal.unit, figure(ours, goal.unit), asked, verdict,
            best, ratio]


def print_goals(results, program_list):
    rows = [["console", "", "seki", "goal", "", "best peer", "ratio"]]
    ours = results.get("seki", {})
    for goal in GOALS:
        peer, name = best_peer(results, program_list, goal.key)
        rows.append(goal_row(goal, ours.get(goal.key), peer, name))
    table(rows)


def print_programs(results, program_list):
    keys = ["paint80", "paint160", "bytes80", "bytes160", "rates", "refresh",
            "still", "cpu", "rss", "key", "key_worst", "key_bytes", "esc",
            "resize"]
    rows = [["program"] + keys]
    for p in program_list:
        got = results.get(p.name, {})
        rows.append([p.name] + [
            figure(got.get(k), "B" if "bytes" in k or k in ("refresh", "still")
                   else "") for k in keys])
    table(rows)


def print_manners(results, program_list):
    names = list(MANNERS) + ["no tty"]
    rows = [["manners", "restored", "gone ms", "gone CPU", "40x10"] + names]
    for p in program_list:
        got = results.get(p.name, {})
        if "manners" not in got:
            continue
        gone = figure(got["gone"]) if got["gone"] is not None else "stays"
        rows.append([p.name, f"{len(got['restored'])} of {len(SIGNALS)}",
                     gone, figure(got["gone_cpu"]), got["survives"]] +
                    [got["manners"][n] for n in names])
    table(rows)


# All of it

def prepare(work):
    """What some peers want to find."""
    os.makedirs(f"{work}/btop")
    with open(f"{work}/btop/btop.conf", "w") as f:
        f.write("update_ms = 1000\n")
    if shutil.which("git"):
        script = ("git init -q repository && cd repository && for i in "
                  "$(seq 60); do git -c user.name=a -c user.email=a@example "
                  "commit -q --allow-empty -m \"commit $i\"; done")
        subprocess.run(["sh", "-c", script], cwd=work)


def busy_part(bench, p):
    for part in (bench.first_rates, bench.watching, bench.keys, bench.esc,
                 bench.resizes):
        part(p)
    if not bench.o.quick:
        for part in (bench.signals, bench.gone, bench.manners):
            part(p)


def measure(bench, seki, program_list):
    configure(seki, BUSY)
    silence()
    for p in program_list:
        say(f"{p.name}: nothing changing")
        bench.still(p)
    with traffic():
        say("first screens")
        bench.first_screens(program_list)
        for p in program_list:
            say(f"{p.name}: busy")
            busy_part(bench, p)
        ours = program_list[0]
        if ours.name != "seki":
            return
        say("seki: commits")
        bench.others_commit(ours, seki)
        bench.own_commit(ours, seki)
        say("seki: 1000 forwards")
        configure(seki, itertools.chain(BUSY, MANY))
        bench.many(ours)


def main():
    p = argparse.ArgumentParser(description=__doc__)
    p.add_argument("--only", help="these programs, with commas between")
    p.add_argument("--quick", action="store_true", help="less of everything")
    p.add_argument("--json", help="also write all figures to this file")
    p.add_argument("seki")
    o = p.parse_args()
    o.starts, o.seconds, o.presses = (3, 4, 10) if o.quick else (9, 10, 40)
    with tempfile.TemporaryDirectory() as work:
        prepare(work)
        every = programs(o.seki, work)
        wanted = o.only.split(",") if o.only else [q.name for q in every]
        chosen = [q for q in every if q.name in wanted and
                  shutil.which(q.argv[0])]
        bench = Console(o, work)
        measure(bench, o.seki, chosen)
    for part in (print_goals, print_programs, print_manners):
        part(bench.results, every)
        print()
    if o.json:
        with open(o.json, "w") as f:
            json.dump(bench.results, f, indent=1)


main()
