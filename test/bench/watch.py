"""The service while links come and go."""
import subprocess
import time

from figures import compared
from host import Failed, apply, forwards, run
from terminal import cpu_ms

EVENTS = 1000   # a second
SLICE_S = 0.05


def meddle(batch, seconds):
    """Changes a link again and again, at an even pace."""
    begun, done = time.perf_counter(), 0
    while (now := time.perf_counter() - begun) < seconds:
        due = int(now * EVENTS)
        batch.write("".join(f"link set busy mtu {1300 + i % 100}\n"
                            for i in range(done, due)))
        batch.flush()
        done = due
        time.sleep(SLICE_S)


def measure(o):
    apply(o.seki, forwards(range(10000, 11000)))
    run("ip", "link", "add", "busy", "type", "veth", "peer", "name", "idle")
    seconds, took = o.rounds(10, 3), []
    with subprocess.Popen([o.seki, "watch"], stdout=subprocess.DEVNULL,
                          stderr=subprocess.DEVNULL) as service, \
            subprocess.Popen(["ip", "-batch", "-"], stdin=subprocess.PIPE,
                             text=True) as batch:
        time.sleep(2)
        for _ in range(o.rounds(3, 2)):
            before = cpu_ms(service.pid)
            meddle(batch.stdin, seconds)
            took.append((cpu_ms(service.pid) - before) * 10 / seconds)
        batch.stdin.close()
        gone = service.poll() is not None
        service.terminate()
    if gone:
        raise Failed("seki watch ended by itself")
    yield compared("events", took)
