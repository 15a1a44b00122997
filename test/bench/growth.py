"""What commands cost as statements become many."""
from figures import Figure, compared, median
from host import apply, cpu, forwards, policies, run

KINDS = {
    "forwards": lambda n: forwards(range(10000, 10000 + n)),
    "policies": policies,
}
ONE_MORE = ("add", "forward", "udp", "7", "to", "web1")


def round_of(seki):
    """Seconds of CPU of each command, one after the other."""
    try:
        return {name: cpu(seki, *words) / 1e3 for name, words in (
            ("status", ("show", "status")), ("add", ONE_MORE),
            ("diff", ("diff",)), ("check", ("check",)))}
    finally:
        run(seki, "discard")


def costs(o, statements):
    """name -> seconds of each round."""
    apply(o.seki, statements)
    rounds = [round_of(o.seki) for _ in range(o.rounds(3, 2))]
    return {name: [r[name] for r in rounds] for name in rounds[0]}


def measure(o):
    sizes = (1250, 5000) if o.quick else (2500, 5000, 10000, 20000)
    for kind, statements in KINDS.items():
        by_size = {}
        for n in sizes:
            by_size[n] = costs(o, statements(n))
            for name, took in by_size[n].items():
                yield compared(f"{name}_{kind}_{n}", took)
        most = sizes[-1]
        for name, took in by_size[most].items():
            fewer = median(by_size[most // 4][name])
            yield Figure(f"{name}_{kind}_grows", median(took), fewer,
                         f"{most // 4}:")
