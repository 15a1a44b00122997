"""What the console holds in memory for each of what it shows."""
import re

from figures import Figure
from host import apply, forwards, give_ipv4, run
from terminal import Terminal

FORWARDS, NODES = 5000, 200


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


def measure(o):
    apply(o.seki)
    none = anonymous_kib(o)
    apply(o.seki, forwards(range(10000, 10000 + FORWARDS)))
    yield Figure("forward", (anonymous_kib(o) - none) / FORWARDS)
    give_ipv4()
    apply(o.seki, both=True)
    alone = anonymous_kib(o)
    apply(o.seki, forwards(range(10000, 10000 + FORWARDS)), both=True)
    yield Figure("forward_both", (anonymous_kib(o) - alone) / FORWARDS)
    apply(o.seki)
    make_nodes(NODES)
    yield Figure("container", (anonymous_kib(o) - none) / NODES)
