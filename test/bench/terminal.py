"""One program on a terminal of our own, and what it costs there."""
import fcntl
import os
import pty
import re
import select
import signal
import struct
import termios
import time

QUIET_S = 0.03  # a gap this long ends a frame
TEXT = 200      # bytes; a first frame with content has more
KEYS = {"Up": b"\033[A", "Down": b"\033[B", "Esc": b"\033", "F1": b"\033OP",
        "Enter": b"\r", "Tab": b"\t", "^L": b"\f"}
CSI = re.compile(rb"\033\[[0-9;:?>]*[ -/]*[@-~]|\033[()][0-9A-Z]"
                 rb"|\033\].*?(?:\007|\033\\)|\033[=>78cM]|[\016\017\r]")
MODE = re.compile(rb"\033\[\?([0-9;]+)([hl])")
SGR = re.compile(rb"\033\[([0-9;:]*)m")
MICE = (9, 1000, 1002, 1003, 1006)


def modes(stream):
    """The private modes that were set last: number -> on."""
    found = {}
    for numbers, how in MODE.findall(stream):
        for n in numbers.split(b";"):
            found[int(n or 0)] = how == b"h"
    return found


def plain(stream):
    """What is left without the escape sequences."""
    return CSI.sub(b" ", stream).decode("utf-8", "replace")


def colours(stream):
    return any(re.search(rb"(^|;)([349][0-7]|10[0-7]|[34]8)(;|$)", p)
               for p in SGR.findall(stream))


def attributes_reset(stream):
    last = SGR.findall(stream)[-1:]
    return not last or last[0] in (b"", b"0", b"39;49", b"0;10")


def children(pid):
    try:
        with open(f"/proc/{pid}/task/{pid}/children") as f:
            return [int(p) for p in f.read().split()]
    except OSError:
        return []


def cpu_ms(pid):
    """CPU time of a process and its children, also of those reaped."""
    try:
        used = time.clock_gettime(~pid << 3 | 2)
        with open(f"/proc/{pid}/stat") as f:
            fields = f.read().rsplit(")", 1)[1].split()
    except OSError:
        return 0
    used += sum(map(int, fields[13:15])) / os.sysconf("SC_CLK_TCK")
    return used * 1e3 + sum(map(cpu_ms, children(pid)))


def resident_mib(pid):
    """Counted page by page: the quick count of /proc is off by some."""
    try:
        with open(f"/proc/{pid}/smaps_rollup") as f:
            return int(re.search(r"Rss: +(\d+)", f.read())[1]) / 1024
    except (OSError, TypeError):
        return None


ASKED = b"\033[6n"  # for the place of the cursor


class Terminal:
    def __init__(self, argv, size=(80, 24), env=None, ignore_hup=False):
        self.stream, self.status = bytearray(), None
        self.answers, self.answered = False, 0
        self.master, self.slave = pty.openpty()
        self.resize(size)
        self.lent = termios.tcgetattr(self.slave)
        self.started = time.perf_counter()
        self.pid = os.fork()
        if self.pid == 0:
            self._exec(argv, env or os.environ, ignore_hup)

    def _exec(self, argv, env, ignore_hup):
        try:
            os.setsid()
            fcntl.ioctl(self.slave, termios.TIOCSCTTY, 0)
            for fd in range(3):
                os.dup2(self.slave, fd)
            os.closerange(3, 256)
            for signo in (signal.SIGINT, signal.SIGPIPE, signal.SIGHUP):
                signal.signal(signo, signal.SIG_DFL)
            if ignore_hup:
                signal.signal(signal.SIGHUP, signal.SIG_IGN)
            os.execvpe(argv[0], argv, env)
        except OSError:
            os._exit(127)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        if self.alive():
            os.kill(self.pid, signal.SIGKILL)
            self.status = os.waitpid(self.pid, 0)[1]
        for fd in (self.master, self.slave):
            if fd is not None:
                os.close(fd)

    def alive(self):
        if self.status is None:
            pid, status = os.waitpid(self.pid, os.WNOHANG)
            if pid:
                self.status = status
        return self.status is None

    def resize(self, size):
        fcntl.ioctl(self.master, termios.TIOCSWINSZ,
                    struct.pack("HHHH", size[1], size[0], 0, 0))

    def read(self, wait_s):
        """How many bytes came within wait_s, and when: (0, None) if none."""
        ready, _, _ = select.select([self.master], [], [], max(0, wait_s))
        if not ready:
            return 0, None
        data = os.read(self.master, 65536)
        now = time.perf_counter()
        self.stream += data
        if self.answers and self.stream.count(ASKED) > self.answered:
            self.answered += 1
            os.write(self.master, b"\033[2;2R")  # one cell behind a block
        return len(data), now

    def frame(self, wait_s, more_than=0):
        """The next frame: bytes, and when its first and its last came."""
        size, first, last = 0, None, None
        end = time.perf_counter() + wait_s
        while True:
            now = time.perf_counter()
            done = size > more_than
            n, at = self.read(QUIET_S if done else min(0.05, end - now))
            if n:
                size, first, last = size + n, first or at, at
            elif done or now >= end or not self.alive():
                return size, first, last

    def frames(self, seconds):
        """The sizes of all frames within that time."""
        sizes, before = [], 0
        end = time.perf_counter() + seconds
        while (now := time.perf_counter()) < end and self.alive():
            n, at = self.read(min(0.1, end - now))
            if n and at - before > QUIET_S:
                sizes.append(0)
            if n:
                sizes[-1] += n
                before = at
        return sizes

    def code(self, key):
        """The bytes of a key, in the mode that the program asked for."""
        data = KEYS.get(key, key.encode())
        if data[:2] == b"\033[" and modes(self.stream).get(1):
            data = b"\033O" + data[2:]
        return data

    def send(self, key):
        os.write(self.master, self.code(key))

    def answer_ms(self, do, wait_s=1.5):
        """From what is done to the first byte of the answer, and bytes."""
        self.frame(0)
        begun = time.perf_counter()
        do()
        size, first, _ = self.frame(wait_s)
        return ((first - begun) * 1e3 if size else None), size

    def key_ms(self, key):
        """The same of a key; looking it up is none of the answer."""
        data = self.code(key)
        return self.answer_ms(lambda: os.write(self.master, data))

    def end_ms(self, signo, wait_s=2):
        """Time to exit after a signal, None when it stays."""
        begun = time.perf_counter()
        if self.alive():
            os.kill(self.pid, signo)
        while time.perf_counter() - begun < wait_s:
            self.read(0.002)
            if not self.alive():
                ms = (time.perf_counter() - begun) * 1e3
                while self.read(0.02)[0]:
                    pass
                return ms
        return None

    def vanish(self, wait_s=2):
        """Takes the terminal away: ms to exit (None: stays), CPU ms used."""
        os.close(self.slave)
        os.close(self.master)
        self.master = self.slave = None
        begun, used, last = time.perf_counter(), cpu_ms(self.pid), 0
        while time.perf_counter() - begun < wait_s:
            if not self.alive():
                return (time.perf_counter() - begun) * 1e3, last
            last = cpu_ms(self.pid) - used
            time.sleep(0.002)
        return None, last

    def restored(self):
        """Is the terminal as it was lent?"""
        on, now = modes(self.stream), termios.tcgetattr(self.slave)
        return (not any(on.get(n) for n in (47, 1047, 1049, 2004) + MICE)
                and on.get(25, True) and attributes_reset(self.stream)
                and now[:4] == self.lent[:4])
