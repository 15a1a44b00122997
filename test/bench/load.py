"""How busy the machine is with something else, and how fast it is."""
import os
import time

from figures import LOADED

PROBE_S = 0.3


def spin(seconds):
    """The part of that time that was not ours."""
    begun, used = time.perf_counter(), time.process_time()
    while time.perf_counter() - begun < seconds:
        pass
    wall = time.perf_counter() - begun
    return max(0, 1 - (time.process_time() - used) / wall)


def spin_on(cpu, out):
    os.sched_setaffinity(0, {cpu})
    os.write(out, b"%f\n" % spin(PROBE_S))


def taken():
    """The largest part of a processor that others have, 0 to 1. The kernel is
    given a moment to take down what was just left."""
    least = probe()
    for _ in range(2):
        if least <= LOADED:
            break
        time.sleep(1)
        least = min(least, probe())
    return least


def probe():
    back, out = os.pipe()
    spinners = []
    for cpu in os.sched_getaffinity(0):
        pid = os.fork()
        if pid == 0:
            spin_on(cpu, out)
            os._exit(0)
        spinners.append(pid)
    os.close(out)
    for pid in spinners:
        os.waitpid(pid, 0)
    with open(back) as f:
        return max(float(line) for line in f)


def yardstick():
    """ms of CPU for work that is always the same."""
    took = []
    for _ in range(50):
        begun = time.process_time()
        sum(i * i % 7 for i in range(20000))
        took.append((time.process_time() - begun) * 1e3)
    return min(took)
