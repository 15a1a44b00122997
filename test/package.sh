#!/bin/sh
# The Debian package: what lintian says of it, and installation, upgrade,
# removal and purge in a copy of this machine's root.
. "${top_srcdir:-.}/test/lib/lib.sh"
if [ -z "${sandbox_made-}" ]; then
	is_root || skip_all "kernel: installing a package wants root here"
	need dpkg dpkg-buildpackage dh lintian make nft
	pkg-config --exists libedit || skip_all "needs: libedit-dev"
fi
in_sandbox "$@"

# A copy of the root, in memory.
root=$tmp/root
mkdir "$root" "$tmp/disk"
mount -t tmpfs tmpfs "$tmp/disk"
mkdir "$tmp/disk/upper" "$tmp/disk/work"
mount -t overlay overlay "$root" -o \
    "lowerdir=/,upperdir=$tmp/disk/upper,workdir=$tmp/disk/work" ||
	skip_all "kernel: no overlay file system here"
for folder in proc sys dev run; do
	mount --rbind /$folder "$root/$folder"
done
rm -rf "$root/etc/seki" "$root/run/seki"

in_root()
{
	chroot "$root" env -u SEKI_CONFIG LC_ALL=C.UTF-8 \
	    DEBIAN_FRONTEND=noninteractive "$@"
}

# What dpkg says is of no interest unless it fails.
dpkg_in_root()
{
	in_root dpkg --force-unsafe-io --no-triggers "$@" >"$tmp/dpkg" 2>&1 || {
		cat "$tmp/dpkg"
		return 1
	}
}

# Quickly, as nothing here is about the compiler: that it is told to harden what
# it compiles is looked for in $tmp/built.
build()
{
	(unset MAKEFLAGS MAKELEVEL MFLAGS
	DEB_CFLAGS_APPEND="-O0 -g0 -w" DPKG_DEB_COMPRESSOR_LEVEL=1 \
	    make -s -C "$builddir" package \
	    PACKAGE_DIR="$tmp/package" PACKAGE_FLAGS="-us -uc -d" \
	    DEB_BUILD_OPTIONS="nocheck noautodbgsym parallel=$(nproc)" \
	    >"$tmp/built" 2>&1) || {
		tail -n 20 "$tmp/built"
		return 1
	}
}

# unhardened FLAG: what was compiled without it; also where nothing was.
unhardened()
{
	! grep -e " -c -o " "$tmp/built" >"$tmp/compiled" ||
		grep -v -e " $1" "$tmp/compiled"
}

# An older lintian does not know which policy is the newest, and asks for a
# script of System V; and nothing is fortified where nothing is optimised. None
# takes a tag that it does not know.
lint()
{
	hushed=$(lintian-explain-tags --list-tags | grep -x \
	    -e newer-standards-version -e hardening-no-fortify-functions \
	    -e package-supports-alternative-init-but-no-init.d-script |
	    paste -sd ,)
	lintian -EvI --pedantic --allow-root --suppress-tags "$hushed" \
	    "$tmp"/package/*.changes
}

# ---- what is in it

ok "it is built" build || { done_testing; exit; }
first=$(echo "$tmp"/package/seki_*.deb)
dpkg-deb -f "$first" Depends | tr -d ' ' | tr , '\n' >"$tmp/depends"
like "it needs libedit" "$(cat "$tmp/depends")" '^libedit2'
unlike "not GNU readline" "$(cat "$tmp/depends")" readline
like "and what it loads later" "$(cat "$tmp/depends")" '^libnftables1'
for flag in -D_FORTIFY_SOURCE= -fstack-protector-strong; do
	nok "all that is compiled is hardened: $flag" unhardened $flag
done
# It takes a while, beside what follows.
lint >"$tmp/linted" 2>&1 &
linter=$!

# The next version has nothing new.
dpkg-deb -R "$first" "$tmp/next"
sed -i 's/^Version: .*/&.1/' "$tmp/next/DEBIAN/control"
second=$tmp/second.deb
dpkg-deb --root-owner-group -Znone -b "$tmp/next" "$second" >/dev/null

# ---- installation

make_outside
ok "installed" dpkg_in_root -i "$first"
is "it is the one in there" "$(in_root sh -c 'command -v seki')" /usr/bin/seki
is "no service is enabled" \
    "$(find "$root/etc/systemd" -name '*seki*' 2>/dev/null)" ""
nok "no rule is there" nft list table inet seki
is "the console is found" "$(in_root sh -c 'echo quit | seki shell' 2>&1)" ""
for file in bash-completion/completions/seki zsh/vendor-completions/_seki \
    fish/vendor_completions.d/seki.fish; do
	ok "completion is where its shell looks: $file" \
	    test -e "$root/usr/share/$file"
done
for page in 8/seki.8 5/seki.conf.5; do
	ok "man has $page" test -e "$root/usr/share/man/man$page.gz"
	ok "also in Japanese" test -e "$root/usr/share/man/ja/man$page.gz"
done
ln -s /usr/lib/locale/C.utf8 "$root/any.utf8"
like "and so does the program" "$(in_root env LOCPATH=/ LC_ALL=any.UTF-8 \
    LANGUAGE=ja seki help add)" 追加

# ---- an upgrade with a commit pending

# pends SECONDS: a commit that admits port 9999.
pends()
{
	in_root seki add allow input tcp 9999 &&
		in_root seki commit --confirm "$1"
}
is_admitted()
{
	nft list table inet seki | grep -q 9999
}
is_taken_back()
{
	nft list table inet seki >"$tmp/rules" && ! grep -q 9999 "$tmp/rules"
}
guards()
{
	pgrep -f ' guard$'
}
no_guard()
{
	! guards
}
in_root seki add allow input tcp 22 2>/dev/null
in_root seki commit --now >/dev/null 2>&1
ok "a commit is pending" pends 600
guard=$(guards)
like "with a guard" "$guard" '^[0-9]+$'
ok "the next version is installed" dpkg_in_root -i "$second"
is "the guard lives on" "$(guards)" "$guard"
ok "the rules are still those of the commit" is_admitted
ok "it takes the confirm of the new program" in_root seki confirm --unproven
like "which is saved" "$(cat "$root/etc/seki/seki.conf")" 9999

in_root seki delete allow input tcp 9999 2>/dev/null
ok "one is pending" in_root seki commit --confirm 3
ok "the first version comes back" dpkg_in_root -i "$first"
ok "it is reverted at its deadline" wait_for is_admitted
in_root seki commit --now >/dev/null 2>&1

# ---- removal and purge

ok "one is pending" pends 600
ok "removed" dpkg_in_root -r seki
ok "the pending commit is reverted" is_taken_back
ok "its guard ends" wait_for no_guard
ok "the config stays" test -e "$root/etc/seki/seki.conf"
nft add table inet of_others
ok "purged" dpkg_in_root -P seki
is "nothing of it is left" "$(find "$root/etc" "$root/var/lib/seki" \
    "$root/run/seki" "$root/usr/bin" "$root/usr/lib/systemd" \
    "$root/usr/libexec" "$root/usr/share/man" "$root/usr/share/locale" \
    -name '*seki*' 2>/dev/null)" ""
is "of the tables those of others" "$(nft list tables)" "table inet of_others"

# A root that has never run seki is a chroot on a host that does.
nft add table inet seki
ok "installed and purged where it never ran" dpkg_in_root -i "$first"
dpkg_in_root -P seki
ok "the host's rules are left alone" nft list table inet seki
wait "$linter"
is "lintian has nothing to say" "$(cat "$tmp/linted")" ""
done_testing
