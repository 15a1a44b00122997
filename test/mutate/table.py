"""Reads the tables of mutants by hand: every *.mutants in a folder.

	file: core/commit/guard.c

	any user of the host may ask a guard
	- who.uid != geteuid()
	+ false

A paragraph says what breaks in words, the old text and the new. Blanks of any
length, line breaks among them, match each other, so that a row outlives a new
layout. The old text must be there exactly once. Two more lines are possible:

	tests: drift guard.sh	that look first, instead of those for the file
	equivalent: why no test can notice it

A paragraph that begins with # is a comment.
"""
import glob
import os
import re
from dataclasses import dataclass, field


@dataclass
class Mutant:
    file: str
    line: int
    what: str
    old: str
    new: str
    at: tuple  # begin and end of the old text in the file
    tests: list = field(default_factory=list)
    equivalent: str = ""

    def apply(self, text):
        return text[:self.at[0]] + self.new + text[self.at[1]:]


FIELDS = {"- ": "old", "+ ": "new", "tests: ": "tests",
          "equivalent: ": "equivalent"}


def parse(paragraph):
    """The fields of a paragraph. A field continues in lines like it."""
    row = {}
    for line in paragraph:
        name, text = "what", line
        for prefix, candidate in FIELDS.items():
            if (line + " ").startswith(prefix):
                name, text = candidate, line[len(prefix):]
        row[name] = row[name] + "\n" + text if name in row else text
    return row


def pattern(old):
    return r"\s+".join(re.escape(word) for word in old.split())


def find(row, file, source):
    """The mutant of a row; or what is wrong with it, as text."""
    if not row.get("what") or not row.get("old") or "new" not in row:
        return f"{file}: not a mutant: {row}"
    found = list(re.finditer(pattern(row["old"]), source))
    if len(found) != 1:
        return (f"{file}: stale: \"{row['old']}\" is there {len(found)} times "
                f"({row['what']})")
    if row["old"].split() == row["new"].split():
        return f"{file}: changes nothing: {row['what']}"
    return Mutant(file, source.count("\n", 0, found[0].start()) + 1,
                  row["what"].replace("\n", " "), row["old"], row["new"],
                  found[0].span(), row.get("tests", "").split(),
                  row.get("equivalent", "").replace("\n", " "))


def paragraphs(path):
    with open(path, encoding="utf-8") as f:
        text = f.read()
    for paragraph in re.split(r"\n{2,}", text.strip("\n")):
        if not paragraph.startswith("#"):
            yield paragraph.split("\n")


def read_source(top, file):
    try:
        with open(os.path.join(top, file), encoding="utf-8") as f:
            return f.read()
    except OSError:
        return ""


def read_all(folder, top):
    """The mutants of all tables, and complaints about rows that do not fit."""
    mutants, stale, file, source = [], [], "", ""
    for path in sorted(glob.glob(os.path.join(folder, "*.mutants"))):
        for paragraph in paragraphs(path):
            if paragraph[0].startswith("file: "):
                file = paragraph[0][len("file: "):].strip()
                source = read_source(top, file)
                continue
            found = find(parse(paragraph), file, source)
            (mutants if isinstance(found, Mutant) else stale).append(found)
    return mutants, stale
