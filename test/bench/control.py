"""Commits, beside nft doing no more than what they change."""
from figures import compared
from host import ADDRESS, ADDRESS4, PREFIX4, ULA, apply, commit_more, cpu
from host import forwards, give_ipv4, in_turns, inside, run

TABLE = ("inet", "seki")
FIRST = 10000   # the port of the first forward


def nft_load(text):
    with inside("peer"):
        run("nft", "flush", "ruleset")
        return cpu("nft", "-f", "-", text=text)


def nft_more(port, both):
    """In an equal table, which seki does not see."""
    places = [("single", ADDRESS, f"{ULA}3")]
    if both:
        places.append(("single4", ADDRESS4, f"{PREFIX4}3"))
    text = "".join(f"add element {' '.join(TABLE)} {name} "
                   f"{{ {on} . udp . {port} : {to} . {port} }}\n"
                   for name, on, to in places)
    with inside("peer"):
        return cpu("nft", "-f", "-", text=text)


def load(seki):
    run("nft", "delete", "table", *TABLE)
    return cpu(seki, "apply", "--force")


def more(o, n, both):
    ports, peers = iter(range(1, 99)), iter(range(1, 99))
    taken = in_turns(o.rounds(9, 3), {
        "seki": lambda: commit_more(
            o.seki, f"forward udp {next(ports)} to web1"),
        "nft": lambda: nft_more(next(peers), both)})
    return compared(f"more{'_both' if both else ''}_{n}", taken["seki"],
                    taken["nft"], "nft add element")


def measure_both(o, n):
    apply(o.seki, forwards(range(FIRST, FIRST + n)), both=True)
    nft_load(run("nft", "list", "table", *TABLE))
    return more(o, n, True)


def measure(o):
    run("ip", "netns", "add", "peer")
    for n in (1000, 5000):
        apply(o.seki, forwards(range(FIRST, FIRST + n)))
        text = run("nft", "list", "table", *TABLE)
        taken = in_turns(o.rounds(7, 3 if n == 1000 else 1), {
            "seki": lambda: load(o.seki), "nft": lambda: nft_load(text)})
        yield compared(f"load_{n}", taken["seki"], taken["nft"], "nft -f")
        again = [cpu(o.seki, "apply") for _ in range(o.rounds(9, 3))]
        yield compared(f"again_{n}", again)
        yield more(o, n, False)
    give_ipv4()
    for n in (1000, 5000):
        yield measure_both(o, n)
