"""What the console holds in memory for each of what it shows."""
import re

from figures import Figure
from host import apply, forwards, give_ipv4, run, serve
from terminal import Terminal

FORWARDS, NODES = 5000, 200
PORT = 8001     # where containers listen


def anonymous_kib(o):
    """Of a console that has shown everything once."""
    with Terminal([o.seki]) as t:
        for key in "2345671":
            t.send(key)
            t.frames(o.rounds(0.5, 0.2))
        t.frames(o.rounds(3, 1))
        with open(f"/proc/{t.pid}/smaps_rollup") as f:
            return int(re.search(r"Anonymous: +(\d+)", f.read())[1])


def make_nodes(n):
    lines = []
    for i in range(n):
        run("ip", "netns", "add", f"node{i}")
        lines += [f"link add name n{i} type veth peer name eth0 "
                  f"netns node{i}", f"link set n{i} master lxcbr0 up"]
    run("ip", "-batch", "-", text="\n".join(lines) + "\n")


def for_each(o, none, to="", both=False):
    apply(o.seki, forwards(range(10000, 10000 + FORWARDS), how=to), both=both)
    return (anonymous_kib(o) - none) / FORWARDS


def measure_forwards(o, none):
    """One whose container does not listen has a row of the doctor as well."""
    yield Figure("forward_fails", for_each(o, none))
    running = serve((PORT,))
    try:
        yield Figure("forward", for_each(o, none, f":{PORT}"))
        give_ipv4()
        apply(o.seki, both=True)
        yield Figure("forward_both",
                     for_each(o, anonymous_kib(o), f":{PORT}", both=True))
    finally:
        for process in running:
            process.kill()
            process.wait()


def measure(o):
    apply(o.seki)
    none = anonymous_kib(o)
    yield from measure_forwards(o, none)
    apply(o.seki)
    make_nodes(NODES)
    yield Figure("container", (anonymous_kib(o) - none) / NODES)
