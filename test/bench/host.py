"""Commands and what they cost, and the configs they are given."""
import contextlib
import ctypes
import itertools
import os
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass

HERE = os.path.dirname(os.path.abspath(__file__))
ADDRESS = "2001:db8::10"
ULA = "fd5a:1c2e:90b1::"
ADDRESS4 = "192.0.2.10"
PREFIX4 = "10.0.3."
CONTAINERS = ("web1", "dns1", "git1")


@dataclass
class Options:
    """quick: less of everything, in a fifth of the time."""
    seki: str
    builddir: str
    work: str
    quick: bool = False
    programs: list = None   # beside the console; None: the usual ones

    def rounds(self, many, few):
        return few if self.quick else many


class Failed(Exception):
    pass


def run(*argv, text=None, cwd=None):
    done = subprocess.run(list(map(str, argv)), input=text, cwd=cwd,
                          capture_output=True, text=True)
    if done.returncode != 0:
        raise Failed(f"{' '.join(map(str, argv))}: {done.stderr.strip()}")
    return done.stdout


LIBC = ctypes.CDLL(None, use_errno=True)


def enter(path):
    with open(path) as f:
        if LIBC.setns(f.fileno(), 0) == -1:
            raise OSError(ctypes.get_errno(), "cannot enter", path)


@contextlib.contextmanager
def inside(node):
    """What is started meanwhile is in that named network namespace."""
    with open("/proc/self/ns/net") as home:
        enter(f"/run/netns/{node}")
        try:
            yield
        finally:
            enter(f"/proc/self/fd/{home.fileno()}")


def start_in(node, *words):
    """traffic.py with these words."""
    with inside(node):
        return subprocess.Popen(
            [sys.executable, "-B", f"{HERE}/traffic.py", *map(str, words)],
            stdout=subprocess.PIPE)


def serve(ports):
    """In each container; the processes are the caller's to end."""
    return [start_in(node, "serve", *ports) for node in CONTAINERS]


def cost(*argv, text=None):
    """ms of CPU of a command and its children, and ms until its end."""
    with tempfile.TemporaryFile("w+") as given, \
            tempfile.TemporaryFile("w+") as said:
        given.write(text or "")
        given.flush()
        given.seek(0)
        begun = time.perf_counter()
        pid = os.posix_spawnp(argv[0], argv, os.environ, file_actions=[
            (os.POSIX_SPAWN_DUP2, given.fileno(), 0),
            (os.POSIX_SPAWN_DUP2, said.fileno(), 1),
            (os.POSIX_SPAWN_DUP2, said.fileno(), 2)])
        _, status, used = os.wait4(pid, 0)
        wall = time.perf_counter() - begun
        if status != 0:
            said.seek(0)
            raise Failed(f"{' '.join(argv)}: {said.read()[-500:].strip()}")
    return (used.ru_utime + used.ru_stime) * 1e3, wall * 1e3


def cpu(*argv, text=None):
    return cost(*argv, text=text)[0]


def in_turns(rounds, cases):
    """Calls each of the cases (name -> function) that often, in turns so that
    what else the machine does hits all alike: name -> what they returned."""
    taken = {name: [] for name in cases}
    for i in range(rounds):
        for name in list(cases) if i % 2 == 0 else reversed(list(cases)):
            taken[name].append(cases[name]())
    return taken


# Configs

def statements(*more, both=False):
    """Of the lab's host, and more of them; both: of both families."""
    def ipv4(host):
        return f" ipv4 {PREFIX4}{host}" if both else ""
    yield "uplink eth0"
    yield f"bridge lxcbr0 ula {ULA}1/64 masquerade" + ipv4("1/24")
    for i, name in enumerate(CONTAINERS):
        yield f"container {name} on lxcbr0 ula {ULA}{i + 3}" + ipv4(i + 3)
    if both:
        yield "option ipv4 on"
    yield "allow input tcp 22"
    yield from itertools.chain(*more)


def forwards(ports, proto="tcp", how=""):
    for i, port in enumerate(ports):
        name = CONTAINERS[i % len(CONTAINERS)]
        yield f"forward {proto} {port} to {name}{how}"


def policies(n, chains=("input", "forward")):
    """Of a few shapes."""
    for i in range(n):
        yield (f"{'deny' if i % 3 else 'allow'} {chains[i % len(chains)]} "
               f"tcp {1 + i % 9000} from 2001:db8:{1 + i:x}::/48")


def configure(*more, both=False):
    """Writes the saved config; there is no candidate then."""
    for name in os.listdir("/run/seki"):
        if name.startswith("candidate"):
            os.unlink(f"/run/seki/{name}")
    with open(os.environ["SEKI_CONFIG"], "w") as f:
        f.writelines(line + "\n" for line in statements(*more, both=both))


def give_ipv4():
    run("ip", "addr", "replace", f"{ADDRESS4}/24", "dev", "eth0")


def apply(seki, *more, both=False):
    configure(*more, both=both)
    run(seki, "apply", "--force")


def commit_more(seki, statement):
    """ms of CPU to commit one more statement."""
    run(seki, "add", *statement.split())
    return cpu(seki, "commit", "--now", "--force")
