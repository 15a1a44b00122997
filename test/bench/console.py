"""What the console costs, beside the programs admins use in its place."""
import contextlib
import itertools
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from dataclasses import dataclass, field

from figures import Figure, Table, median, number
from goals import GOALS
from host import ADDRESS, apply, forwards, inside, run, serve, start_in
from terminal import (ASKED, CSI, TEXT, Terminal, colours, cpu_ms,
                      plain, resident_mib)

SMALL, LARGE = (80, 24), (160, 50)
IDLE_CONNECTIONS = 24
BUSY = range(8001, 8007)
MANY = range(10000, 15000)
FLOWS = 100000
CONNECTIONS = "6"   # the key of their screen
READ_EVERY_S = 20  # as it says, when there are so many
CONNTRACK = "/proc/sys/net/netfilter/nf_conntrack"
USUAL = ("bmon", "iftop", "htop", "tig")   # beside which it is measured
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
    it is, a clock. Ranked anew, a row of seki's may be the first already when
    Up is pressed: nothing would answer."""
    static = {"refresh", "still", "cpu", "rss"}
    nft = ["watch", "-n1", "nft", "list", "ruleset"]
    blank = {"paint80", "paint160", "bytes80", "bytes160"}
    menu = list(itertools.chain(*((str(i), f"item {i}") for i in range(15))))
    return [
        Program("seki", [seki], ("4",), move=("Down",), home="g", box="?",
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


# The host that all of them look at

def silence():
    """Containers ask for routers now and then."""
    script = ("for f in /proc/sys/net/ipv6/conf/*/router_solicitations; do "
              "echo 0 >$f; done")
    for node in os.listdir("/run/netns"):
        with inside(node):
            run("sh", "-c", script)
    time.sleep(2)


@contextlib.contextmanager
def traffic():
    running = serve(BUSY)
    try:
        running.append(start_in("client1", "load", ADDRESS, IDLE_CONNECTIONS,
                                *BUSY))
        running[-1].stdout.readline()
        yield
    finally:
        for process in running:
            process.kill()
            process.wait()


def flows():
    with open(f"{CONNTRACK}_count") as f:
        return int(f.read())


def fill(n):
    """Whether there are so many: datagrams are lost on a busy machine, and
    with them their flows."""
    with open(f"{CONNTRACK}_udp_timeout", "w") as f:
        f.write("600")
    for _ in range(5):
        missing = n - flows()
        if missing <= n * 0.01:
            return True
        start_in("client1", "fill", ADDRESS, missing, *MANY[:1000]).wait()
    say(f"there are only {flows()} connections, not {n}")
    return False


# Measurements of one program

class Bench:
    def __init__(self, options, home):
        self.o, self.home = options, home
        self.starts = options.rounds(9, 3)
        self.seconds = options.rounds(10, 4)
        self.presses = options.rounds(40, 10)
        self.results = {}

    def note(self, program, **figures):
        self.results.setdefault(program.name, {}).update(figures)

    def start(self, program, size=SMALL, env=None, ignore_hup=False):
        return Terminal(program.argv, size, environment(self.home, env),
                        ignore_hup)

    @contextlib.contextmanager
    def settled(self, program, enter=False, answers=False):
        with self.start(program) as t:
            t.answers = answers
            t.frame(3, TEXT)
            for key in program.enter if enter else ():
                t.send(key)
                t.frame(1)
            yield t

    def works(self, program):
        """Whether it stays on a terminal: some cannot be started here."""
        with self.start(program) as t:
            t.frames(1)
            if not t.alive():
                say(f"{program.name}: left out, it ends at once")
            return t.alive()

    def first_screens(self, program_list):
        """In turns, so that what else this machine does hits all alike."""
        taken = {}
        for _ in range(self.starts):
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
        seconds = self.seconds
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
            n = sum(t.frames(self.seconds))
            if t.alive():
                self.note(p, still=n * 10 / self.seconds)

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
            took.append(t.key_ms(key))
        return ([ms for ms, _ in took if ms is not None],
                [n for ms, n in took if ms is not None])

    def keys(self, p, suffix=""):
        if not p.move:
            return
        with self.settled(p, enter=True) as t:
            t.frames(0.5)
            ms, n = self.press(t, p, self.presses)
            if ms:
                self.note(p, **{f"key{suffix}": median(ms),
                                f"key{suffix}_worst": max(ms),
                                f"key{suffix}_bytes": median(n)})

    def esc(self, p):
        took = []
        for _ in range(3):
            with self.settled(p, answers=True) as t:
                if p.box:
                    t.send(p.box)
                    t.frame(1)
                t.frames(0.2)
                took.append(t.key_ms("Esc")[0])
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
        # What the terminal is asked with is taken back at once.
        if name == "LANG=C" and any(b > 126 for b in out.split(ASKED)[-1]):
            return "UTF-8"
        return "ok"


# The console alone

class Console(Bench):
    def many(self, p):
        self.watching(p, "_many")
        self.keys(p, "_many")

    def floor(self):
        """What a program takes that only sends back what it gets; its worst
        is that of the machine."""
        echo = Program("floor", ["sh", "-c", "stty raw -echo; exec cat"],
                       move=("x",))
        with self.start(echo) as t:
            t.frames(1)
            ms, _ = self.press(t, echo, self.presses)
        self.note(echo, key=median(ms), worst=max(ms))

    def connections(self, p):
        """Their screen, when it reads very many."""
        if not fill(FLOWS):
            return
        seconds = 2 * READ_EVERY_S
        with self.start(p) as t:
            t.frame(3, TEXT)
            t.send(CONNECTIONS)
            t.frames(5)
            before = cpu_ms(t.pid)
            t.frames(seconds)
            self.note(p, cpu_flows=(cpu_ms(t.pid) - before) * 10 / seconds)

    def others_commit(self, p):
        """Keys while other sekis commit, one after the other."""
        seki = self.o.seki
        script = ("i=0; while :; do i=$((i + 1)); "
                  f"{seki} set default input $([ $((i % 2)) = 0 ] && "
                  f"echo deny || echo allow); {seki} commit --now; done")
        with self.settled(p, enter=True) as t:
            others = subprocess.Popen(["sh", "-c", script],
                                      stdout=subprocess.DEVNULL,
                                      stderr=subprocess.DEVNULL)
            try:
                t.frames(0.5)
                ms, _ = self.press(t, p, self.presses, 0.02)
            finally:
                others.kill()
                others.wait()
        if ms:
            self.note(p, key_others=median(ms), key_others_worst=max(ms))

    def own_commit(self, p):
        """Keys from the moment that its own commit is asked for: they move in
        the review, and later one is answered that it is not bound, and the
        other takes that back."""
        seki, took, keys = self.o.seki, [], itertools.cycle(("Down", "g"))
        run(seki, "set", "forward", "tcp", "9000", "to", "web1")
        with self.settled(p) as t:
            t.send("c")
            while t.alive() and "Enter commits" not in plain(t.stream):
                t.frame(3)
            t.send("Enter")
            while (len(took) < 60 and
                   "in force since" not in plain(t.stream)):
                took.append(t.key_ms(next(keys))[0])
            t.send("Down")
            t.frame(0.2)
            for key in ("g", "Down") * 30:
                took.append(t.key_ms(key)[0])
        took = [ms for ms in took if ms is not None]
        subprocess.run([seki, "revert"], capture_output=True)
        subprocess.run([seki, "discard"], capture_output=True)
        if took:
            self.note(p, key_commit=median(took), key_commit_worst=max(took))


# Tables

def figure(value, unit=""):
    if isinstance(value, (str, list)):
        return str(len(value)) if isinstance(value, list) else value
    return number(value, unit)


def best_peer(results, program_list, key):
    """The least figure of those that are fit for the comparison."""
    found = [(results.get(p.name, {}).get(key), p.name)
             for p in program_list[1:] if key not in p.no]
    return min([f for f in found if f[0] is not None], default=(None, ""))


def programs_table(results, program_list):
    keys = ["paint80", "paint160", "bytes80", "bytes160", "rates", "refresh",
            "still", "cpu", "rss", "key", "key_worst", "key_bytes", "esc",
            "resize"]
    rows = [["program"] + keys]
    for p in program_list:
        got = results.get(p.name)
        if not got:
            continue
        rows.append([p.name] + [
            figure(got.get(k), "B" if "bytes" in k or k in ("refresh", "still")
                   else "") for k in keys])
    return Table(rows)


def manners_table(results, program_list):
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
    return Table(rows)


def figures_of(results, program_list):
    """A goal of so much over its peer is one over the floor; beside a worst
    stands the worst of the floor."""
    ours, floor = results.get("seki", {}), results["floor"]
    for goal in GOALS:
        if goal.area != "console" or goal.key not in ours:
            continue
        if goal.over is not None:
            peer, name = floor["key"], "echo"
        elif goal.key.endswith("_worst"):
            peer, name = floor["worst"], "echo"
        else:
            peer, name = best_peer(results, program_list, goal.key)
        yield Figure(goal.key, ours[goal.key], peer, name)


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
        run("sh", "-c", script, cwd=work)


def busy_part(bench, p):
    for part in (bench.first_rates, bench.watching, bench.keys, bench.esc,
                 bench.resizes):
        part(p)
    if not bench.o.quick:
        for part in (bench.signals, bench.gone, bench.manners):
            part(p)


def busy_programs(bench, program_list):
    with traffic():
        say("first screens")
        bench.first_screens(program_list)
        bench.floor()
        for p in program_list:
            say(f"{p.name}: busy")
            busy_part(bench, p)


def crowded(bench, ours):
    """What only the console is asked for."""
    with traffic():
        say("seki: commits")
        bench.others_commit(ours)
        bench.own_commit(ours)
    say("seki: 5000 forwards")
    apply(bench.o.seki, forwards(BUSY), forwards(MANY))
    bench.many(ours)
    if bench.o.quick:
        return
    say("seki: 100,000 connections")
    apply(bench.o.seki, forwards(BUSY), forwards(MANY[:1000], "udp"))
    bench.connections(ours)


def measure(o):
    prepare(o.work)
    every = programs(o.seki, o.work)
    wanted = o.programs or o.rounds(USUAL, USUAL[:1])
    chosen = [p for p in every if shutil.which(p.argv[0]) and
              (p.name == "seki" or "all" in wanted or p.name in wanted)]
    bench = Console(o, o.work)
    chosen = [p for p in chosen if bench.works(p)]
    apply(o.seki, forwards(BUSY))
    silence()
    for p in chosen:
        say(f"{p.name}: nothing changing")
        bench.still(p)
    busy_programs(bench, chosen)
    crowded(bench, chosen[0])
    yield from figures_of(bench.results, every)
    yield programs_table(bench.results, every)
    if not o.quick:
        yield manners_table(bench.results, every)
