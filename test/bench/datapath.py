"""What packets pay, on a host of its own for each ruleset.

A host is a client, the host and a container behind its bridge; the last of its
forwards is the one that is used. Its ruleset is what seki wrote in the lab,
listed and loaded again.
"""
from dataclasses import dataclass

from figures import compared
from host import ADDRESS, ULA, apply, give_ipv4, inside, policies, run

FIRST = 10000   # public ports
TARGET = 20000  # of the containers that get a port of their own
CLIENTS = "2001:db8::/48"
PER_PACKET = {"in": 1, "out": 2}    # columns of what flow prints

# What an admin would write by hand for the same: a map of targets, counters of
# each forward, and a default of none.
BY_HAND = """table inet hand {
  %(counters)s
  map to {
    type %(key)s : %(value)s; %(flags)s
    elements = { %(targets)s }
  }
  map passed {
    type %(plain)s . ct_dir : counter; %(ranges)s
    elements = { %(passed)s }
  }
  map made {
    type %(plain)s : counter; %(ranges)s
    elements = { %(made)s }
  }
  chain prerouting {
    type nat hook prerouting priority dstnat
    ip6 daddr %(address)s meta l4proto { tcp, udp } \\
      dnat ip6 to %(by)s map @to
  }
  chain forward {
    type filter hook forward priority filter; policy drop
    ct status dnat meta l4proto { tcp, udp } counter name \\
      ct original proto-dst . meta l4proto . ct direction map @passed
    ct state vmap { established : accept, related : accept, invalid : drop }
    ct status dnat accept
  }
  chain input {
    type filter hook input priority filter; policy drop
    ct state vmap { established : accept, related : accept, invalid : drop }
    meta l4proto ipv6-icmp accept
  }
  chain postrouting {
    type nat hook postrouting priority srcnat
    ct status dnat meta l4proto { tcp, udp } counter name \\
      ct original proto-dst . meta l4proto map @made
    oifname "eth0" ip6 saddr fd00::/8 masquerade
  }
}
"""


@dataclass
class Host:
    """direct: the client talks to the container, without a forward."""
    name: str
    rules: str
    port: int
    target: int
    direct: bool = False


# Rulesets

@dataclass
class Shape:
    ports: int          # of each forward
    words: str          # of its statement, behind the ports
    blocks: bool = False    # by hand, maps have the forward's range as one
    come_from: str = ""     # or this prefix besides
    shift: bool = False


SHAPES = {
    "single": Shape(1, "to web1"),
    "range": Shape(2, "to web1"),
    "wide": Shape(10, "to web1", blocks=True),
    "shifted": Shape(2, f"to web1:{TARGET}", shift=True),
    "from": Shape(1, f"to web1 from {CLIENTS}", come_from=CLIENTS),
}


def forwards_of(shape, n):
    """n forwards of TCP; of UDP only the last: (protocol, first port)."""
    for proto, first in (("tcp", 0), ("udp", n - 1)):
        for i in range(first, n):
            yield proto, FIRST + i * SHAPES[shape].ports


def shaped(shape, n):
    s = SHAPES[shape]
    for proto, port in forwards_of(shape, n):
        many = f"{port}-{port + s.ports - 1}" if s.ports > 1 else port
        yield f"forward {proto} {many} {s.words}"


def keys_by_hand(s, proto, port):
    """Those of a forward in maps, with the port that each leads to."""
    if s.blocks:
        yield f"{port}-{port + s.ports - 1} . {proto}", port
        return
    for i in range(s.ports):
        yield f"{port + i} . {proto}", TARGET + i if s.shift else port + i


def by_hand(shape, n):
    s = SHAPES[shape]
    counters, targets, passed, made = [], [], [], []
    for proto, port in forwards_of(shape, n):
        name = f"{proto}-{port}"
        counters += [f"counter {name}-{kind} {{ }}"
                     for kind in ("in", "out", "new")]
        for key, to in keys_by_hand(s, proto, port):
            source = f" . {s.come_from}" if s.come_from else ""
            target = "" if s.blocks else f" . {to}"
            targets.append(f"{key}{source} : {ULA}3{target}")
            passed += [f'{key} . original : "{name}-in"',
                       f'{key} . reply : "{name}-out"']
            made.append(f'{key} : "{name}-new"')
    plain, interval = "inet_service . inet_proto", "flags interval"
    return BY_HAND % {
        "address": ADDRESS, "plain": plain,
        "key": plain + (" . ipv6_addr" if s.come_from else ""),
        "value": "ipv6_addr" + ("" if s.blocks else " . inet_service"),
        "by": "th dport . meta l4proto" +
              (" . ip6 saddr" if s.come_from else ""),
        "flags": interval if s.blocks or s.come_from else "",
        "ranges": interval if s.blocks else "",
        "counters": "\n  ".join(counters), "targets": ", ".join(targets),
        "passed": ", ".join(passed), "made": ", ".join(made)}


def written(seki, *more, both=False):
    apply(seki, ("default input deny", "default forward deny"), *more,
          both=both)
    return run("nft", "list", "table", "inet", "seki")


def unmetered(text):
    """The same ruleset without what counts packets that pass: by the same
    counters it lets connections in."""
    before, chain, rest = text.partition("chain pass {\n")
    rules, end, after = rest.partition("}\n")
    lines = rules.splitlines(keepends=True)
    kept = [line for line in lines if "map @tally" not in line]
    if len(kept) == len(lines):
        raise ValueError("this ruleset has no rules that count packets")
    return "".join((before, chain, *kept, end, after))


def last_of(shape, n, name, rules):
    port = FIRST + (n - 1) * SHAPES[shape].ports
    return Host(name, rules, port, TARGET if SHAPES[shape].shift else port)


def shape_host(seki, shape, n, name=None, more=(), both=False):
    return last_of(shape, n, name or f"{shape}_{n}",
                   written(seki, shaped(shape, n), more, both=both))


def hosts(o, sizes):
    """Everything that is measured, in the order of its turns."""
    most = sizes[-1]
    yield Host("floor", "", FIRST, FIRST, direct=True)
    for shape in SHAPES:
        yield last_of(shape, most, f"hand_{shape}", by_hand(shape, most))
    for n in sizes:
        host = shape_host(o.seki, "single", n)
        yield host
        yield Host(f"unmetered_{n}", unmetered(host.rules), host.port,
                   host.target)
    for shape in SHAPES:
        for n in (1, most):
            if shape != "single":
                yield shape_host(o.seki, shape, n)
    give_ipv4()
    host = shape_host(o.seki, "single", most, "both", both=True)
    yield host
    yield Host("unmetered_both", unmetered(host.rules), host.port, host.target)
    for n in (50, 500):
        yield shape_host(o.seki, "single", 1, f"policies_{n}",
                         policies(n, ("forward",)))


# Hosts

LINKS = """link add lxcbr0 type bridge
link add eth0 type veth peer name eth0 netns {client}
link add vc1 type veth peer name eth0 netns {server}
link set vc1 master lxcbr0 up
link set lxcbr0 up
link set eth0 up
addr add {address}/64 dev eth0 nodad
addr add {ula}1/64 dev lxcbr0 nodad
"""
SYSCTLS = {"ipv6/conf/all/forwarding": 1,
           "netfilter/nf_conntrack_tcp_timeout_close": 1}


def in_node(node, text, *argv):
    with inside(node):
        run(*argv, text=text)


def end_of(node, address, router):
    in_node(node, f"link set lo up\nlink set eth0 up\n"
            f"addr add {address}/64 dev eth0 nodad\n"
            f"route add default via {router}\n", "ip", "-batch", "-")


def make(i, host):
    """Its line for flow."""
    client, middle, server = (f"{end}{i}" for end in ("c", "m", "s"))
    for node in (client, middle, server):
        run("ip", "netns", "add", node)
    in_node(middle, LINKS.format(client=client, server=server,
                                 address=ADDRESS, ula=ULA), "ip", "-batch", "-")
    for name, value in SYSCTLS.items():
        in_node(middle, None, "sh", "-c",
                f"echo {value} >/proc/sys/net/{name}")
    end_of(client, "2001:db8::7", ADDRESS)
    end_of(server, f"{ULA}3", f"{ULA}1")
    if host.rules:
        in_node(middle, host.rules, "nft", "-f", "-")
    address, port = ((f"{ULA}3", host.target) if host.direct else
                     (ADDRESS, host.port))
    return f"{client} {server} {address} {port} {ULA}3 {host.target}\n"


def flow(o, made, ways):
    """name -> columns of rounds."""
    out = run(f"{o.builddir}/test/bench/flow", o.rounds(80, 30), 20, 10,
              text="".join(ways))
    rounds = {host.name: [] for host in made}
    for line in out.splitlines():
        at, *values = line.split()
        rounds[made[int(at)].name].append([float(v) for v in values])
    return {name: list(zip(*v)) for name, v in rounds.items()}


# Figures

def connects(taken, most):
    def beside(key, ours, theirs, name):
        return compared(key, taken[ours][0], taken[theirs][0], name)
    for shape in SHAPES:
        yield beside(f"connect_{shape}", f"{shape}_{most}", f"hand_{shape}",
                     "by hand")
        yield beside(f"flat_{shape}", f"{shape}_{most}", f"{shape}_1", "one")
    yield beside("connect_both", "both", "hand_single", "by hand")
    yield beside("connect_map", "hand_single", "floor", "no rules")
    yield beside("connect_policies", "policies_500", "policies_50", "50")


def packets(taken, sizes):
    for way, column in PER_PACKET.items():
        for n in sizes:
            yield compared(f"meters_{way}_{n}", taken[f"single_{n}"][column],
                           taken[f"unmetered_{n}"][column], "without")
        yield compared(f"meters_{way}_both", taken["both"][column],
                       taken["unmetered_both"][column], "without")
        yield compared(f"packet_{way}", taken[f"single_{sizes[-1]}"][column],
                       taken["hand_single"][column], "by hand")
        yield compared(f"map_{way}", taken["hand_single"][column],
                       taken["floor"][column], "no rules")


def measure(o):
    sizes = o.rounds((1, 1000, 5000), (1, 1000))
    made = list(hosts(o, sizes))
    taken = flow(o, made, [make(i, host) for i, host in enumerate(made)])
    yield from connects(taken, sizes[-1])
    yield from packets(taken, sizes)
