#!/bin/sh
# What the objects of the build need of each other: no circle of files, no export
# that nobody else uses, and each declared where one looks for it.
. "${top_srcdir:-.}/test/lib/lib.sh"

command -v nm >/dev/null || skip_all "needs: nm"
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT

# Lines of "folder/file type symbol", by what nm tells of the archives. Names
# that begin with two underlines are a compiler's own, of its sanitizers.
symbols()
{
	sed -n 's/^lib\([a-z]*\)_a_SOURCES = .*/\1/p' "$top_srcdir/Makefile.am" |
	    while read -r folder; do
		nm -A -P "$builddir/lib$folder.a" |
		    sed -n "s|.*-\([a-z_0-9]*\)\.o[]]*: |$folder/\1 |p" |
		    awk '$3 ~ /^[A-Z]$/ && $2 !~ /^__/ { print $1, $3, $2 }'
	done
}

# The files of each circle, one circle a line, by what needs what.
circles()
{
	awk '
	$2 != "U" { home[$3] = $1 }
	$2 == "U" { user[++n] = $1; used[n] = $3 }
	function walk(from, at,  v, i)
	{
		if (!(at in needs))
			return
		split(needs[at], v)
		for (i = 1; i in v; i++)
			if (!((from, v[i]) in leads)) {
				leads[from, v[i]] = 1
				walk(from, v[i])
			}
	}
	END {
		for (; n > 0; n--)
			if (used[n] in home)
				needs[user[n]] = needs[user[n]] " " home[used[n]]
		for (a in needs)
			walk(a, a)
		for (a in needs) {
			circle = ""
			for (b in needs)
				if (!(b in told) && (a, b) in leads &&
				    (b, a) in leads) {
					circle = circle " " b
					told[b] = 1
				}
			if (circle != "")
				print "circle:" circle
		}
	}' "$1"
}

# What sources outside the archives name, be they built or not.
named_outside()
{
	cat "$top_srcdir"/test/*.c "$top_srcdir"/test/lib/*.c \
	    "$top_srcdir"/fuzz/*.c "$top_srcdir"/doc/*.c \
	    "$top_srcdir"/*/main.c | tr -cs 'A-Za-z0-9_' '\n' | sort -u
}

# Lines of "folder/header word".
header_words()
{
	find "$top_srcdir/include" -name '*.h' -exec awk '{
		file = FILENAME
		sub(/.*\/include\/(core\/)?/, "", file)
		sub(/\.h$/, "", file)
		gsub(/[^A-Za-z0-9_]+/, " ")
		for (i = 1; i <= NF; i++)
			print file, $i
	}' {} +
}

# Exports of a file that its header lacks, and the NAME_parts.h of its family.
# net.h and net_parts.h are the two sides of one door.
undeclared()
{
	header_words | awk '
	NR == FNR { has[$1, $2] = 1; next }
	$2 != "U" {
		family = $1
		sub(/_.*/, "", family)
		if (!(($1, $3) in has) && !((family "_parts", $3) in has) &&
		    !(family ~ /\/net$/ && ((family, $3) in has ||
			(family "_internal", $3) in has)))
			print $1 ".c: " $3
	}' - "$1"
}

symbols >"$tmp/symbols"
like "nm tells of the objects" "$(grep ' U ' "$tmp/symbols")" "/"
is "no files need each other in a circle" "$(circles "$tmp/symbols")" ""

awk '$2 == "U" { print $3 }' "$tmp/symbols" >"$tmp/used"
named_outside >>"$tmp/used"
is "each export is used outside its file" "$(
    awk 'NR == FNR { used[$1] = 1; next }
	$2 != "U" && !($3 in used) { print $1 ".c: " $3 }' \
	"$tmp/used" "$tmp/symbols")" ""
is "each export is declared in the header of its file" "$(
    undeclared "$tmp/symbols")" ""

done_testing
