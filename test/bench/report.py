"""The table of goals, and what is missed."""
from figures import LOADED, number, ratio, verdict


def table(rows):
    """The first column to the left, all others to the right."""
    widths = [max(len(str(c)) for c in column) for column in zip(*rows)]
    for row in rows:
        cells = [str(c).ljust(w) if i == 0 else str(c).rjust(w)
                 for i, (c, w) in enumerate(zip(row, widths))]
        print("  ".join(cells).rstrip())


def goal_row(goal, figure, load):
    peer = figure.peer if figure else None
    best = "-" if peer is None else f"{figure.name} {number(peer, goal.unit)}"
    return [goal.text, goal.unit,
            number(figure.ours if figure else None, goal.unit),
            goal.asked(peer), verdict(goal, figure, load), best,
            number(ratio(figure) if figure else None)]


def print_goals(goals, figures, loads):
    """figures: area -> key -> Figure; an area that was not run is left out."""
    for area in figures:
        rows = [[area, "", "seki", "goal", "", "beside", "ratio"]]
        rows += [goal_row(g, figures[area].get(g.key), loads.get(area, 0))
                 for g in goals if g.area == area]
        table(rows)
        print()


def excess(goal, figure):
    """How many times what the goal allows, and the same in words."""
    if goal.over is not None:
        times = (figure.ours - figure.peer) / goal.over
        return times, (f"{number(figure.ours - figure.peer, goal.unit)} "
                       f"{goal.unit} over that of {figure.name}, "
                       f"{number(times)} times the goal")
    limit = goal.limit(figure.peer)
    times = figure.ours / limit if limit else float("inf")
    return times, (f"{number(figure.ours, goal.unit)} {goal.unit}, "
                   f"{number(times)} times the goal")


def missed(goals, figures):
    """Sentences, the farthest from its goal first."""
    found = []
    for goal in goals:
        figure = figures.get(goal.area, {}).get(goal.key)
        if verdict(goal, figure) == "OVER":
            times, words = excess(goal, figure)
            found.append((times, f"{goal.area}: {goal.text}: {words}"))
    return [text for _, text in sorted(found, reverse=True)]


def unmeasured(goals, figures):
    return [f"{g.area}: {g.text}" for g in goals if g.area in figures and
            verdict(g, figures[g.area].get(g.key)) == "-" and
            (g.at_most, g.times, g.over) != (None, None, None)]


def load_warning(loads):
    """A sentence, or nothing."""
    busy = [f"{area} ({load:.0%})" for area, load in loads.items()
            if load > LOADED]
    if not busy:
        return ""
    return ("WARN  Something else used the processors while these were "
            f"measured: {', '.join(busy)}. Figures of these areas cannot be "
            "trusted; run them again when the machine is idle.")


def print_report(goals, figures, tables, loads, failed):
    print_goals(goals, figures, loads)
    for rows in tables:
        table(rows)
        print()
    for title, lines in (("Missed", missed(goals, figures)),
                         ("Not measured here", unmeasured(goals, figures)),
                         ("Failed", [f"{a}: {why}"
                                     for a, why in failed.items()])):
        if lines:
            print(title + ":")
            print("".join(f"  {line}\n" for line in lines))
    if load_warning(loads):
        print(load_warning(loads))
