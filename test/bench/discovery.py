"""Finding containers and their addresses, beside what lists them now."""
import json
import shutil

from figures import Figure, compared
from host import cost, in_turns, inside, run

SHOW = ("show", "containers", "--json")


def found(seki):
    """How many containers are seen to have an address."""
    return sum(bool(c["addresses"])
               for c in json.loads(run(seki, *SHOW))["containers"])


def beside(o, key, theirs, name, rounds):
    """Both ways to measure it: CPU, and time to the end."""
    taken = in_turns(rounds, {"seki": lambda: cost(o.seki, *SHOW),
                              name: lambda: cost(*theirs)})
    ours, peers = (list(zip(*taken[who])) for who in ("seki", name))
    yield compared(key, ours[0], peers[0], name)
    yield Figure(f"{key}_wall", min(ours[1]), min(peers[1]), name)


def make_nodes(n):
    for i in range(n):
        run("ip", "netns", "add", f"node{i}")
        run("ip", "link", "add", f"n{i}", "type", "veth", "peer", "name",
            "eth0", "netns", f"node{i}")
        run("ip", "link", "set", f"n{i}", "master", "lxcbr0", "up")
        with inside(f"node{i}"):
            run("ip", "-batch", "-", text="link set eth0 up\n"
                f"addr add fd00:5e::2:{i:x}/64 dev eth0 nodad\n")


def expect(o, n):
    if found(o.seki) != n:
        raise ValueError(f"{found(o.seki)} containers were found, not {n}")


def measure(o):
    running = (len(run("lxc-ls", "--active").split())
               if shutil.which("lxc-ls") else 0)
    if running:
        expect(o, running)
        yield from beside(o, "lxc", ("lxc-ls", "-f"), "lxc-ls -f",
                          o.rounds(15, 5))
    n = o.rounds(200, 50)
    make_nodes(n)
    expect(o, running + n)
    loop = "for n in $(ls /run/netns); do ip -n $n addr; done"
    yield from beside(o, "nodes", ("sh", "-c", loop), "ip -n each",
                      o.rounds(9, 3))
