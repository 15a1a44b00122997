"""Commits, beside nft doing no more than what they change."""
from figures import compared
from host import ADDRESS, ULA, apply, commit_more, cpu, forwards, in_turns
from host import inside, run

TABLE = ("inet", "seki")
FIRST = 10000   # the port of the first forward


def nft_load(text):
    with inside("peer"):
        run("nft", "flush", "ruleset")
        return cpu("nft", "-f", "-", text=text)


def nft_more(port):
    """In an equal table, which seki does not see."""
    element = f"{ADDRESS} . udp . {port} : {ULA}3 . {port}"
    with inside("peer"):
        return cpu("nft", "add", "element", *TABLE, "single",
                   "{ " + element + " }")


def load(seki):
    run("nft", "delete", "table", *TABLE)
    return cpu(seki, "apply", "--force")


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
        ports, peers = iter(range(1, 99)), iter(range(1, 99))
        taken = in_turns(o.rounds(9, 3), {
            "seki": lambda: commit_more(
                o.seki, f"forward udp {next(ports)} to web1"),
            "nft": lambda: nft_more(next(peers))})
        yield compared(f"more_{n}", taken["seki"], taken["nft"],
                       "nft add element")
