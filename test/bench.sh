#!/bin/sh
# The table of goals and the comparison of two runs, on made-up figures.
. "${top_srcdir:-.}/test/lib/lib.sh"

need python3
bench=$(cd "$top_srcdir/test/bench" && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
export PYTHONPATH="$bench"

# told LINES...: a report of goals and figures that they make.
told()
{
	{
		cat <<-'PY'
			from figures import Figure, Goal
			from report import print_report
			goals, figures, loads, failed = [], {"a": {}}, {}, {}
			def goal(key, **limit):
			    goals.append(Goal("a", key, key, "ms", **limit))
			def figure(*of):
			    figures["a"][of[0]] = Figure(*of)
		PY
		printf '%s\n' "$@" \
		    "print_report(goals, figures, [], loads, failed)"
	} | python3 -B - 2>&1 | sed 's/  */ /g'
}

# ---- the table of goals

got=$(told 'goal("few", at_most=3)' 'figure("few", 3)' \
    'goal("many", at_most=3)' 'figure("many", 4.5)' \
    'goal("beside", times=1.5)' 'figure("beside", 3, 2, "nft")' \
    'goal("slower", times=1.5)' 'figure("slower", 12, 4, "nft")' \
    'goal("near", over=0.25)' 'figure("near", 1.25, 1, "echo")' \
    'goal("far", over=0.25)' 'figure("far", 1.5, 1, "echo")' \
    'goal("alone", times=2)' 'figure("alone", 5)' \
    'goal("never", at_most=1)' \
    'goal("free")' 'figure("free", 7, 2, "ip")' \
    'failed["b"] = "it fell over"')
like "a figure at its limit is ok" "$got" '^few ms 3.00 3.00 ok - -$'
like "one above it is over" "$got" '^many ms 4.50 3.00 OVER - -$'
like "so many times the peer is ok" "$got" \
    '^beside ms 3.00 1.5x = 3.00 ok nft 2.00 1.50$'
like "more is over" "$got" '^slower ms 12.0 1.5x = 6.00 OVER nft 4.00 3.00$'
like "so much over the peer is ok" "$got" '^near ms .* ok echo 1.00 1.25$'
like "more of that is over" "$got" '^far ms .* OVER echo 1.00 1.50$'
like "without its peer it is no verdict" "$got" '^alone ms 5.00 2x = - - - -$'
like "nor without a figure" "$got" '^never ms - 1.00 - - -$'
like "nor without a goal, and the ratio is told" "$got" \
    '^free ms 7.00 - - ip 2.00 3.50$'
is "what is missed is told, the farthest first" \
    "$(printf '%s\n' "$got" | sed -n '/^Missed/,/^$/p')" "Missed:
 a: slower: 12.0 ms, 2.00 times the goal
 a: far: 0.50 ms over that of echo, 2.00 times the goal
 a: many: 4.50 ms, 1.50 times the goal"
is "and what could not be measured" \
    "$(printf '%s\n' "$got" | sed -n '/^Not measured/,/^$/p')" \
    "Not measured here:
 a: alone
 a: never"
like "and what failed" "$got" '^ b: it fell over$'
unlike "an idle machine is no reason to warn" "$got" WARN

got=$(told 'goal("few", at_most=3)' 'figure("few", 3)' \
    'goal("many", at_most=3)' 'figure("many", 4)' 'loads["a"] = 0.4')
like "on a busy one, verdicts are in doubt" "$got" ' ok\? - -$'
like "of both kinds" "$got" ' OVER\? - -$'
like "and it is said" "$got" '^WARN Something else .* a \(40%\)\.'

is "rounds are compared one by one, whatever all of them took" \
    "$(python3 -B - <<-'PY'
	from figures import compared
	f = compared("key", [2, 20, 3, 300, 6], [1, 10, 1.5, 150, 3], "nft")
	print(f.ours / f.peer, f.peer, f.spread)
	PY
)" "2.0 3 0.0"

# ---- two runs

# figures FILE YARDSTICK LOAD LINES...: of one run, named after the file.
figures()
{
	file=$1 yardstick=$2 load=$3
	shift 3
	{
		cat <<-PY
			import json
			from figures import Figure, to_json
			had = []
			def figure(*of):
			    had.append(Figure(*of))
		PY
		printf '%s\n' "$@"
		cat <<-PY
			json.dump({"schema": 1, "commit": "$file", "quick": False,
			    "machine": "here", "cpus": 2, "yardstick": $yardstick,
			    "areas": {"cold": {"figures": to_json(had),
			    "load": $load}}}, open("$work/$file.json", "w"))
		PY
	} | python3 -B -
}

# compared WORD...: its output, blanks made one.
compared()
{
	python3 -B "$bench/compare.py" "$@" 2>&1 | sed 's/  */ /g'
}

figures old 10 0 'figure("status", 8, 2, "ip")' 'figure("forwards", 6, 3)' \
    'figure("status_wall", 10)' 'figure("version", 2, None, "", 0.1)' \
    'figure("gone", 1)'
figures new 10.5 0 'figure("status", 8, 4, "ip")' 'figure("forwards", 6, 2)' \
    'figure("status_wall", 10.4)' 'figure("version", 2.2, None, "", 0.1)'
touch -d yesterday "$work/old.json"
got=$(compared --all "$work")
like "less by the peer is better" "$got" \
    '^cold: show status, CPU ms 8.00 8.00 4.00 2.00 -50% better$'
like "more by the peer is worse" "$got" \
    '^cold: .*--json, CPU ms 6.00 6.00 2.00 3.00 \+50% worse$'
like "a change within noise is none" "$got" \
    '^cold: show status, least time ms 10.0 10.4 - - \+4% same$'
like "nor is one within what rounds differ" "$got" \
    '^cold: --version, CPU ms 2.00 2.20 - - \+10% same$'
like "it says how many are the same" "$got" '^2 of 4 figures are the same'
like "and how many cannot be compared" "$got" '^1 were measured in one'
unlike "nothing else is to be said" "$got" WARN
got=$(compared "$work" new old)
like "the order is that of the words" "$got" 'show status, CPU .* worse$'
unlike "what is the same is left out" "$got" 'least time'
like "what one of them lacks, too" "$got" '^1 were measured in one'

figures busy 10 0.5 'figure("status", 8, 2, "ip")'
got=$(compared "$work" old busy)
like "a run on a busy machine is told" "$got" '^busy: WARN Something else'
unlike "the other is not" "$got" '^old: WARN'
figures slow 20 0 'figure("status_wall", 30)'
got=$(compared "$work" old slow)
like "more than noise is worse, without a peer too" "$got" \
    '^cold: show status, least time ms 10.0 30.0 - - \+200% worse$'
like "unless the machine has become slower, as is told" "$got" \
    '^WARN The machine took \+100% of time'
status "a commit without figures is refused" 1 \
    python3 -B "$bench/compare.py" "$work" old other
like "by its name" "$(compared "$work" old other)" 'no figures of other'
rm "$work/old.json" "$work/busy.json" "$work/slow.json"
like "a single run cannot be compared" "$(compared "$work")" \
    'does not have the figures of two commits'

# ---- the goals themselves

is "each goal is one row with one limit" "$(python3 -B - <<-'PY'
	from collections import Counter
	from goals import GOALS
	for at, n in Counter((g.area, g.key) for g in GOALS).items():
	    if n > 1:
	        print("twice:", *at)
	for g in GOALS:
	    if sum(v is not None for v in (g.at_most, g.times, g.over)) > 1:
	        print("two limits:", g.area, g.key)
	print(len(GOALS) > 60 and "many")
	PY
)" many
status "an area that is not there is refused" 1 python3 -B "$bench/run.py" \
    --builddir "$work" --only nowhere
done_testing
