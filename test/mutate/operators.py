"""Mutants made by operators, on statements that tests ran if gcov tells."""
import glob
import os
import random
import re

from table import Mutant

FLIPS = {"<": "<=", "<=": "<", ">": ">=", ">=": ">", "==": "!=", "!=": "=="}
RETURNS = {"-1": "0", "true": "false", "false": "true"}
# What frees is missed by no test but those for leaks.
FREES = re.compile(r"[a-z_]*(free|close)\(")
# What does not mind the order of its arguments, if asked whether or not.
SYMMETRIC = {"strcmp", "strcasecmp", "memcmp", "addr_equal", "prefix_equal",
             "prefix_overlaps", "text_distance"}
DECLARATION = re.compile(
    r"\s*(const|static|struct|enum|unsigned|int|bool|char|size_t|u?int\d+_t|"
    r"case|default|goto|#)\b")


def negate(line):
    m = re.search(r"\bif \((.*)\)( \{)?$", line)
    if m and m.group(1).count("(") == m.group(1).count(")"):
        yield f"if ({m.group(1)})", f"if (!({m.group(1)}))"


def drop_call(line):
    m = re.match(r"\s+([a-z_0-9]+\(.*\);)$", line)
    if m and not FREES.match(m.group(1)):
        yield m.group(1), ";"


def flip(line):
    if line.lstrip().startswith("for ("):
        return  # past the end, where no test need notice it
    for m in re.finditer(r" (<=?|>=?|==|!=) ", line):
        yield line[m.start():].strip(), (
            FLIPS[m.group(1)] + line[m.end() - 1:].rstrip())


def off_by_one(line):
    for m in re.finditer(r"(?<=[ (])([1-9]\d*)\b(?![.\w\"'])", line):
        yield line[m.start():].strip(), (
            str(int(m.group(1)) + 1) + line[m.end():].rstrip())


def swap_arguments(line):
    for m in re.finditer(r"\b([a-z_0-9]+)\(([\w&>.*-]+), ([\w&>.*-]+)\)",
                         line):
        if m.group(2) != m.group(3) and m.group(1) not in SYMMETRIC:
            yield m.group(), f"{m.group(1)}({m.group(3)}, {m.group(2)})"


def other_return(line):
    m = re.search(r"return (-1|true|false);", line)
    if m:
        yield m.group(), f"return {RETURNS[m.group(1)]};"


OPERATORS = {"negates a condition": negate, "drops a call": drop_call,
             "flips a comparison": flip, "is off by one": off_by_one,
             "swaps two arguments": swap_arguments,
             "returns the opposite": other_return}


def statements(text):
    """Number, place and text of each line inside functions, and whether it may
    return nothing."""
    inside, comment, head, at = False, False, "", 0
    for number, line in enumerate(text.split("\n"), 1):
        if line.startswith(("{", "}")):
            inside = line[0] == "{"
        elif re.match(r"[a-z].*\w\*?$| ?\*", line) and not inside:
            head = line
        comment = comment or "/*" in line
        if inside and not comment and not DECLARATION.match(line):
            yield number, at, line, head
        comment = comment and "*/" not in line
        at += len(line) + 1


def early_return(line, head):
    """Before a statement of the outermost block."""
    m = re.match(r"\t([a-z_0-9]+\(.*\);)$", line)
    if m and head and not FREES.match(m.group(1)):
        void = re.search(r"\bvoid$", head) is not None
        yield m.group(1), ("return;" if void else "return 0;")


def mutants_of(top, file, ran):
    with open(os.path.join(top, file), encoding="utf-8") as f:
        text = f.read()
    for number, at, line, head in statements(text):
        if ran is not None and number not in ran:
            continue
        made = [(what, change) for what, operator in OPERATORS.items()
                for change in operator(line)]
        made += [("returns early", c) for c in early_return(line, head)]
        for what, (old, new) in made:
            begin = at + line.index(old)
            yield Mutant(file, number, what, old, new,
                         (begin, begin + len(old)))


def coverage(builddir):
    """The lines of each file that ran, by what gcov wrote; {} without it."""
    ran = {}
    for path in glob.glob(os.path.join(builddir, "**", "*.gcov"),
                          recursive=True):
        with open(path, encoding="utf-8", errors="replace") as f:
            lines = [line.split(":", 2) for line in f if line.count(":") > 1]
        file = next((p[2].strip() for p in lines
                     if p[2].startswith("Source:")), "")
        file = re.sub(r"^(Source:)?(.*/)?(?=(core|tui|screens|console|cli)/)",
                      "", file)
        ran.setdefault(file, set()).update(
            int(n) for count, n, _ in lines if count.strip()[0].isdigit())
    return ran


def sources(top, modules):
    found = glob.glob(os.path.join(top, "*", "**", "*.c"), recursive=True)
    for path in sorted(found):
        file = os.path.relpath(path, top)
        if any(file == m or file.startswith((m.rstrip("/") + "/", m + "."))
               for m in modules or ("core", "tui", "screens", "console")):
            yield file


def choose(top, builddir, modules, count, seed):
    """count of all mutants that the operators can make, by that seed."""
    if count == 0:
        return []
    ran = coverage(builddir)
    made = [m for file in sources(top, modules)
            for m in mutants_of(top, file, ran.get(file) if ran else None)]
    return random.Random(seed).sample(made, min(count, len(made)))
