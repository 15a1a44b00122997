"""Reading counters, beside a dump of them that nobody parses."""
from figures import Figure, compared
from host import apply, cpu, forwards, in_turns, run

SHOWN = 60  # on a screen


def measure(o):
    for n in o.rounds((2000, 20000), (2000,)):
        apply(o.seki, forwards(range(10000, 10000 + n // 3)))
        out = run(f"{o.builddir}/test/bench/counters", o.rounds(40, 15), SHOWN)
        bare, every, shown, found = map(float, out.split())
        if found < n - 3:
            raise ValueError(f"there are {found:.0f} counters, not {n}")
        yield Figure(f"all_{n}", every, bare, "a bare dump")
        yield Figure(f"shown_{n}", shown)
        taken = in_turns(o.rounds(5, 2), {
            "seki": lambda: cpu(o.seki, "show", "counters", "--json"),
            "nft": lambda: cpu("nft", "-j", "list", "counters")})
        yield compared(f"listed_{n}", taken["seki"], taken["nft"],
                       "nft -j list")
