#!/bin/sh
# What abuild and OpenRC are given, as far as that can be told without them:
# nothing is missing that ./bootstrap looks for, and a shell of theirs reads it.
. "${top_srcdir:-.}/test/lib/lib.sh"
need busybox
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
alpine=$top_srcdir/alpine

for file in APKBUILD seki.initd; do
	is "ash reads $file" "$(busybox ash -n "$alpine/$file" 2>&1)" ""
done

# from FILE WORDS: what they are once the file was read; it only sets and
# defines.
from()
{
	busybox ash -uc '. "$1"; eval "echo $2"' ash "$alpine/$1" "$2" | xargs
}
is "it is for the version at hand" "seki $(from APKBUILD '$pkgver')" \
    "$("$seki" --version | head -n 1)"

# Debian's package and Alpine's; build-base is there for every APKBUILD, and
# what may be handed out has no readline.
names()
{
	cat <<'NAMES'
gcc
libc6-dev linux-headers
make
autoconf autoconf
automake automake
pkg-config pkgconf
gettext gettext-dev
libnl-3-dev libnl3-dev
libnl-route-3-dev libnl3-dev
libnl-nf-3-dev libnl3-dev
libnftables-dev nftables-dev
libjansson-dev jansson-dev
uthash-dev uthash
libncurses-dev ncurses-dev
libreadline-dev libedit-dev
libcmocka-dev cmocka-dev
NAMES
}
"$top_srcdir/bootstrap" packages build | xargs -n 1 | sort >"$tmp/wanted"
names | cut -d ' ' -f 1 | sort >"$tmp/known"
is "each package to build with has a name there" \
    "$(comm -23 "$tmp/wanted" "$tmp/known")" ""
is "and Alpine's are those" \
    "$(from APKBUILD '$makedepends $checkdepends' | xargs -n 1 | sort)" \
    "$(names | cut -s -d ' ' -f 2 | sort -u)"

# defines FILE WORD: as abuild and OpenRC call it.
defines()
{
	busybox ash -c '. "$1"; command -v "$2"' ash "$alpine/$1" "$2"
}
for step in prepare build check package; do
	ok "abuild can $step" defines APKBUILD $step
done
for step in depend start_pre reload; do
	ok "OpenRC can $step" defines seki.initd $step
done
like "the service is what systemd starts" \
    "$(from seki.initd '$command $command_args')" '^/usr/bin/seki watch$'
like "of the unit" "$(cat "$top_srcdir/seki.service.in")" \
    '^ExecStart=@bindir@/seki watch$'

done_testing
