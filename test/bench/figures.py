"""What was measured, what is wanted of it, and whether it is so."""
import statistics
from dataclasses import asdict, dataclass

LOADED = 0.1    # of a processor; with more in use by others figures are noise


@dataclass
class Goal:
    """A limit is a figure, so many times the peer, or so much over it; a goal
    without any is only told."""
    area: str
    key: str
    text: str
    unit: str
    at_most: float = None
    times: float = None
    over: float = None

    def limit(self, peer):
        """None: there is none, or no peer to compare with."""
        if self.at_most is not None:
            return self.at_most
        if peer is None:
            return None
        if self.times is not None:
            return self.times * peer
        return None if self.over is None else peer + self.over

    def asked(self, peer):
        """The limit in words."""
        text = number(self.limit(peer), self.unit)
        if self.times is not None:
            return f"{self.times}x = {text}"
        return text if self.over is None else f"+{self.over:g} = {text}"


@dataclass
class Figure:
    key: str
    ours: float
    peer: float = None
    name: str = ""      # of the peer
    spread: float = 0   # of ours: half of the middle half, by the median


@dataclass
class Table:
    """More to tell than goals ask for; the first row is its heading."""
    rows: list


def number(value, unit=""):
    if value is None:
        return "-"
    if unit == "B" or abs(value) >= 100:
        return f"{value:.0f}"
    return f"{value:.2f}" if abs(value) < 10 else f"{value:.1f}"


def median(values):
    values = [v for v in values if v is not None]
    return statistics.median(values) if values else None


def spread(values):
    if len(values) < 4 or not statistics.median(values):
        return 0
    low, _, high = statistics.quantiles(values, n=4)
    return (high - low) / 2 / abs(statistics.median(values))


def compared(key, ours, theirs=(), name=""):
    """A figure of two lists that were measured in turns: by the median of the
    ratios of the rounds, since what slows down one of a round mostly slows down
    the other as well."""
    if not theirs:
        return Figure(key, median(ours), spread=spread(ours))
    ratios = [a / b for a, b in zip(ours, theirs)]
    peer = median(theirs)
    return Figure(key, peer * median(ratios), peer, name, spread(ratios))


def verdict(goal, figure, load=0):
    """A load says how much others took of a processor meanwhile."""
    limit = goal.limit(figure.peer) if figure else None
    if limit is None or figure.ours is None:
        return "-"
    said = "ok" if figure.ours <= limit else "OVER"
    return said + "?" if load > LOADED else said


def ratio(figure):
    if figure.ours is None or not figure.peer:
        return None
    return figure.ours / figure.peer


def to_json(figures):
    return {f.key: {k: v for k, v in asdict(f).items() if k != "key"}
            for f in figures}


def from_json(of_area):
    return {key: Figure(key, **rest) for key, rest in of_area.items()}
