"""What seki is to cost at most: a row each, told in this order."""
from figures import Goal

GROWING = {"status": 0.3, "add": 0.5, "diff": 1.5, "check": 1.5}  # s
KINDS = ("forwards", "policies")

SHAPES = {"single": "single ports", "range": "ranges", "wide": "wide ranges",
          "shifted": "shifted ranges", "from": "single ports, from a prefix"}

COLD = [
    Goal("cold", "status", "show status, CPU", "ms", times=1.3),
    Goal("cold", "status_wall", "show status, least time", "ms"),
    Goal("cold", "forwards", "show forwards --json, CPU", "ms"),
    Goal("cold", "version", "--version, CPU", "ms"),
]

CONTROL = [goal for n in (1000, 5000) for goal in (
    Goal("control", f"load_{n}", f"{n} forwards into an empty kernel, CPU",
         "ms", times=1.4),
    Goal("control", f"again_{n}", f"apply {n}, nothing to do, CPU", "ms",
         at_most=30),
    Goal("control", f"more_{n}", f"one more than {n} committed, CPU", "ms",
         times=3),
    Goal("control", f"more_both_{n}", f"the same in both families, {n}, CPU",
         "ms", times=3))]

GROWTH = [
    goal for kind in KINDS for command, seconds in GROWING.items()
    for goal in (
        Goal("growth", f"{command}_{kind}_20000",
             f"{command}, 20,000 {kind}, CPU", "s", at_most=seconds),
        Goal("growth", f"{command}_{kind}_grows",
             f"{command}, {kind}, by a quarter of them", "s", times=5))]

DATAPATH = [goal for shape, text in SHAPES.items() for goal in (
    Goal("datapath", f"connect_{shape}", f"connect, many {text}", "us",
         times=1.1),
    Goal("datapath", f"flat_{shape}", f"{text}, by one alone", "us",
         times=1.1))
] + [
    Goal("datapath", "connect_both", "connect, many of both families", "us",
         times=1.1),
    Goal("datapath", "connect_policies", "connect past 500 policies", "us",
         times=1.1),
    Goal("datapath", "connect_map", "connect, many by hand", "us"),
] + [goal for way in ("in", "out") for goal in (
    [Goal("datapath", f"meters_{way}_{n}", f"packet {way}, N = {n}",
          "ns", over=250) for n in (1, 1000, 5000)] + [
        Goal("datapath", f"meters_{way}_both", f"packet {way}, many, both",
             "ns", over=250),
        Goal("datapath", f"packet_{way}", f"packet {way}, many",
             "ns"),
        Goal("datapath", f"map_{way}", f"packet {way}, many by hand", "ns")])]

COUNTERS = [goal for n in (2000, 20000) for goal in (
    Goal("counters", f"all_{n}", f"all of {n}, CPU", "ms", times=1.2),
    Goal("counters", f"shown_{n}", f"60 of {n}, CPU", "ms", at_most=0.3),
    Goal("counters", f"listed_{n}", f"show counters --json, {n}, CPU",
         "ms"))]

DISCOVERY = [
    Goal("discovery", "lxc", "containers of LXC, CPU", "ms", times=0.1),
    Goal("discovery", "lxc_wall", "containers of LXC, least time", "ms",
         times=0.1),
    Goal("discovery", "nodes", "named namespaces, CPU", "ms"),
    Goal("discovery", "nodes_wall", "named namespaces, least time", "ms"),
]

WATCH = [
    Goal("watch", "events", "10 s of 1,000 link events a second, CPU", "ms",
         at_most=150),
]

MEMORY = [
    Goal("memory", "forward", "the console, for each forward", "KiB",
         at_most=1),
    Goal("memory", "forward_both", "the console, for each of both families",
         "KiB", at_most=1),
    Goal("memory", "forward_fails", "the console, for each that fails",
         "KiB"),
    Goal("memory", "container", "the console, for each container", "KiB",
         at_most=2),
]

CONSOLE = [
    Goal("console", "paint80", "first screen, 80x24", "ms", times=1.2),
    Goal("console", "paint160", "first screen, 160x50", "ms", times=1.2),
    Goal("console", "rates", "first rates on the screen", "ms", at_most=300),
    Goal("console", "bytes80", "first frame, 80x24", "B", at_most=1500),
    Goal("console", "bytes160", "first frame, 160x50", "B", at_most=4000),
    Goal("console", "refresh", "one refresh, 6 busy forwards", "B",
         at_most=120),
    Goal("console", "still", "10 s with nothing changing", "B", at_most=0),
    Goal("console", "cpu", "CPU in 10 s, 6 busy forwards", "ms", at_most=4),
    Goal("console", "cpu_many", "CPU in 10 s, 5000 forwards", "ms",
         at_most=15),
    Goal("console", "cpu_flows", "CPU in 10 s, 100,000 connections", "ms",
         at_most=300),
    Goal("console", "rss", "resident memory", "MiB", at_most=4.5),
    Goal("console", "key", "key to paint, median", "ms", over=0.05),
    Goal("console", "key_worst", "key to paint, worst", "ms", at_most=0.6),
    Goal("console", "key_many", "key among 5000 forwards, median", "ms",
         over=0.05),
    Goal("console", "key_others", "key while others commit, median", "ms",
         over=0.05),
    Goal("console", "key_commit", "key during its own commit, median", "ms",
         over=0.05),
    Goal("console", "key_commit_worst", "key during its own commit, worst",
         "ms", at_most=0.6),
    Goal("console", "key_bytes", "a Down", "B", at_most=60),
    Goal("console", "esc", "a lone Esc", "ms", at_most=27),
    Goal("console", "resize", "resized to first byte", "ms", at_most=1),
    Goal("console", "gone", "terminal gone, to exit", "ms", at_most=100),
    Goal("console", "gone_cpu", "terminal gone, CPU", "ms", at_most=4),
]

GOALS = (COLD + CONTROL + GROWTH + COUNTERS + DISCOVERY + DATAPATH + WATCH +
         MEMORY + CONSOLE)
