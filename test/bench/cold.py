"""From a shell's prompt to an answer, beside what admins type there."""
from figures import Figure, compared
from host import apply, cost, forwards, in_turns


def measure(o):
    apply(o.seki, forwards((80, 443, 2222)))
    cases = {
        "version": (o.seki, "--version"),
        "status": (o.seki, "show", "status"),
        "forwards": (o.seki, "show", "forwards", "--json"),
        "ip -br a": ("ip", "-br", "a"),
        "nft list tables": ("nft", "list", "tables"),
    }
    taken = in_turns(o.rounds(60, 15), {
        name: lambda argv=argv: cost(*argv) for name, argv in cases.items()})
    used = {name: [c for c, _ in both] for name, both in taken.items()}
    wall = {name: min(w for _, w in both) for name, both in taken.items()}
    yield compared("status", used["status"], used["ip -br a"], "ip -br a")
    yield Figure("status_wall", wall["status"], wall["ip -br a"], "ip -br a")
    yield compared("forwards", used["forwards"], used["nft list tables"],
                   "nft list tables")
    yield compared("version", used["version"], used["ip -br a"], "ip -br a")
