#!/bin/sh
# Random keys and resizes while containers come and go: the console neither
# crashes nor gets stuck, and without a confirmed commit the kernel is as it
# was. Best with a build that has --enable-sanitizers.
. "${top_srcdir:-.}/test/lib/lib.sh"
keys=${SEKI_TEST_KEYS:-3000}
sandbox_s=$((200 + keys / 20))

# First outside, then in the sandbox, then in the lab's host.
if [ -z "${SEKI_LAB-}" ]; then
	here=$(cd "$(dirname "$0")" && pwd)
	top_srcdir=$(cd "$top_srcdir" && pwd)
	builddir=$(cd "$builddir" && pwd)
	export top_srcdir builddir
	in_sandbox "$@"
	[ -x "$builddir/test/fuzz" ] || skip_all "needs: cmocka"
	exec "$seki" lab -- sh "$here/fuzz.sh" "$@"
fi

tmp=$(mktemp -d /run/fuzz.XXXXXX)
trap 'rm -rf "$tmp"' EXIT
SEKI=$seki
XDG_STATE_HOME=$tmp/state
# To a file: standard error is painted over.
ASAN_OPTIONS=log_path=$tmp/asan:detect_leaks=1:handle_abort=1
UBSAN_OPTIONS=print_stacktrace=1
# What readline loses of its own on rare paths is not for us to find.
LSAN_OPTIONS=suppressions=$tmp/suppressions:print_suppressions=0
echo leak:libreadline >"$tmp/suppressions"
MALLOC_PERTURB_=165
export SEKI XDG_STATE_HOME ASAN_OPTIONS UBSAN_OPTIONS LSAN_OPTIONS
export MALLOC_PERTURB_

# Links, addresses, routes, sysctls and rules, without what counts or expires.
kernel()
{
	nft -s list ruleset | nft_objects
	for node in host $(ls /run/netns); do
		enter=
		[ "$node" = host ] || enter="nsenter --net=/run/netns/$node"
		echo "$node:"
		$enter ip -o link | sed -E 's/^[0-9]+: | state [A-Z]+//g'
		$enter ip -o addr | sed -E 's/^[0-9]+: | valid_lft.*//g'
		$enter ip -6 route | sed 's/ expires [0-9]*sec//'
		$enter ip -4 route
		$enter sh -c 'grep -rs . /proc/sys/net/ipv[46]/conf \
		    /proc/sys/net/ipv4/ip_forward' |
		    grep -v -e stable_secret -e mc_forwarding
	done
}

# One comes, one goes: as long as the file is there.
meddle()
{
	i=0
	while [ -e "$tmp/meddle" ]; do
		i=$((i % 3 + 1))
		ip netns del "fuzz$i" 2>/dev/null
		make_container "fuzz$i" "fd00:5e::$i/64"
		sleep 0.2
	done
	for i in 1 2 3; do
		ip netns del "fuzz$i" 2>/dev/null
	done
}

is_clean()
{
	! ip -o link | grep -q ': vc[0-9]'
}

numbers()
{
	"$seki" show history --json
}

# What is saved, if the kernel has it already.
in_force()
{
	"$seki" apply --check 2>/dev/null | grep 'nothing to do'
}

# Links come up and addresses appear for a while after the lab is there.
is_settled()
{
	kernel >"$tmp/now"
	cmp -s "$tmp/now" "$tmp/before" && return
	mv "$tmp/now" "$tmp/before"
	sleep 1
	false
}

# The guard may be faster.
reverts()
{
	"$seki" revert || [ ! -e /run/seki/pending/state ]
}

# fuzz SEED KEYS
fuzz()
{
	wait_for is_settled
	history=$(numbers)
	: >"$tmp/meddle"
	meddle >/dev/null 2>&1 &
	meddler=$!
	SEKI_TEST_SEED=$1 SEKI_TEST_KEYS=$2 \
	    "$builddir/test/fuzz" >"$tmp/said" 2>&1
	is "seed $1: no crash, and it ends" "$?" 0 ||
		diag "$(grep -v '^1\.\.' "$tmp/said")"
	rm "$tmp/meddle"
	wait $meddler
	[ ! -e /run/seki/pending/state ] ||
		ok "seed $1: a commit that nobody confirmed is reverted" reverts
	wait_for is_clean
	# For which chance would have to type "yes" into the right dialog. What
	# changes nothing in the kernel, as a note, is saved without.
	[ "$(numbers)" = "$history" ] ||
		diag "seed $1: a commit that changes nothing was saved"
	ok "seed $1: no commit was confirmed" \
	    [ "$(numbers)" = "$history" -o -n "$(in_force)" ]
	kernel >"$tmp/after"
	is "seed $1: the kernel is as it was" \
	    "$(diff "$tmp/before" "$tmp/after")" ""
}

# shellcheck disable=SC2086 # they are words
set -- ${SEKI_TEST_SEED:-1 2 3}
for seed; do
	fuzz "$seed" $((keys / $#))
done
if grep -q __asan_init "$seki"; then
	is "the sanitizers found nothing" "$(cat "$tmp"/asan* 2>/dev/null)" ""
else
	skip "kernel: this build has no sanitizers"
fi
"$seki" discard >/dev/null 2>&1
status "and seki can go on" 0 "$seki" diff

done_testing
