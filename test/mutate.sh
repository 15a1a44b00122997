#!/bin/sh
# The mutation run: what it reports of a made-up source tree with good and bad
# tests; and that the rows of its tables fit the source.
. "${top_srcdir:-.}/test/lib/lib.sh"

need python3
mutate="python3 -B $top_srcdir/test/mutate/mutate.py"
# shellcheck disable=SC2086 # they are words
ok "each mutant of the tables fits the source" \
    env top_srcdir="$top_srcdir" $mutate --check
# shellcheck disable=SC2086 # likewise
is "what it does not know is refused" \
    "$(timeout 10 $mutate --help 2>&1 || echo $?)" "usage: mutate.py [--check]
2"

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mkdir -p "$work/core/plan" "$work/test" "$work/build"
cd "$work" || exit 1

cat >configure <<'END'
#!/bin/sh
cp ../Makefile.am Makefile
END
chmod 755 configure
cat >Makefile.am <<'END'
UNIT_TESTS = \
	test/sum \
	test/none
all: test/sum
check: $(UNIT_TESTS)
	:
test/sum test/none: ../core/plan/sum.c
	mkdir -p test
	$(CC) -o $@ ../core/plan/sum.c
END
# Negative numbers are never tried.
cat >core/plan/sum.c <<'END'
static int
sum(int a, int b)
{
	if (a < 0)
		return 0;
	return a +
	       b;
}

int
main(void)
{
	return sum(1, 2) != 3;
}
END
cat >test/broken.sh <<'END'
echo "not ok 1 - whatever the source is"
sleep 600
touch tidied
END
echo "core/plan broken.sh" >tests
cat >plan.mutants <<'END'
# A comment.

file: core/plan/sum.c

the sum is a difference
- return a + b;
+ return a - b;

what is negative counts
- (a < 0)
+ (a < -100)

nothing can be told apart
- (a < 0)
+ (a <= -1)
equivalent: they are integers

the compiler notices
- return 0;
+ return zero;
END

run_it()
{
	# shellcheck disable=SC2086
	env top_srcdir="$work" builddir="$work/build" TABLES="$work" \
	    "$@" $mutate 2>&1
}

run_it >said
is "a survivor puts the safety core below its threshold" $? 1
like "what was killed is told, and by which test" "$(cat said)" \
    'killed: core/plan/sum.c:6: the sum is a difference .* test/sum: status 1'
like "what survived is listed with its place and change" \
    "$(sed -n '/^survived:$/,$p' said | tr '\n' ' ')" \
    'sum.c:4: what is negative counts   - \(a < 0\)   \+ \(a < -100\)'
like "each outcome is counted" "$(cat said)" \
    'core/plan +1 +1 +1 +1 +0 +50% '
like "and all of the safety core" "$(cat said)" \
    'safety core +1 +1 +1 +1 +0 +50% \(below 90%\)'
like "a test that fails anyway is not believed" "$(cat said)" \
    'test/broken.sh fails without a mutant'
ok "which is ended there, and tidies up" test -e build/mutate/0/build/tidied
ok "the copy is as it was" \
    cmp core/plan/sum.c build/mutate/0/core/plan/sum.c

status "other modules only, and nothing is below" 0 \
    run_it MODULES=core/state
run_it MODULES=core/plan MINUTES=0 >said
like "what there is no time for is not counted" "$(cat said)" \
    'core/plan +0 +0 +1 +0 +3 +-'

# automatic SEED: what was tried, without the times.
automatic()
{
	run_it MODULES=core/plan AUTO=3 QUICK=1 SEED="$1" |
		sed -n 's/^[a-z ]*: core\(.*\) ([0-9]* s).*/\1/p'
}

automatic 1 >said
is "as many automatic ones as were asked for" "$(wc -l <said)" 7
is "the same with the same seed" "$(automatic 1)" "$(cat said)"
ok "others with another" test "$(automatic 2)" != "$(cat said)"

sed 's/a < -100/a < -200/; s/- return a/- give a/' plan.mutants >stale
mv stale plan.mutants
run_it >said
is "a row that does not fit ends it" $? 2
like "and is named" "$(cat said)" \
    'sum.c: stale: "give a \+ b;" is there 0 times'
done_testing
