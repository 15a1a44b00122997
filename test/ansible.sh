#!/bin/sh
# The Ansible collection, by ansible-core itself over sshd, on twelve hosts, and
# on six in waves: who locks Ansible out is reverted, and told so.
. "${top_srcdir:-.}/test/lib/lib.sh"
sandbox_s=1200
in_sandbox "$@"
is_root || skip_all "kernel: sshd wants root"
need nft ssh sshd ssh-keygen ansible-playbook /usr/bin/python3

hosts="1 2 3 4 5 6 7 8 9 10 11 12"
in_waves="13 14 15 16 17 18"
locked="4 8 12 15"
name_of() { printf 'vps%02d' "$1"; }

# ---- hosts, each with its own network and its own /run and /etc/seki

ip link add lan type bridge
ip link set lan up
ip addr add 2001:db8::1/64 dev lan nodad
ip addr add fe80::1/64 dev lan nodad
ssh-keygen -q -t ed25519 -N '' -f "$tmp/host_key"
ssh-keygen -q -t ed25519 -N '' -f "$tmp/id"
cp "$tmp/id.pub" "$tmp/authorized"
mkdir -p /run/sshd /etc/seki
rc=$(getent passwd root | cut -d : -f 6)/.bashrc
! [ -e "$rc" ] || mount --bind /dev/null "$rc"
cat >"$tmp/sshd_config" <<CONF
HostKey $tmp/host_key
AuthorizedKeysFile $tmp/authorized
StrictModes no
PermitRootLogin yes
UsePAM no
PidFile none
CONF

cat >"$tmp/boot" <<'BOOT'
mkdir -p /run/sshd.$2
mount -t tmpfs -o mode=755 tmpfs /etc/seki
mkdir /etc/seki/run
mount --bind /etc/seki/run /run/seki
until ip link show dev eth0 >/dev/null 2>&1; do sleep 0.05; done
ip link set lo up
ip link set eth0 up
ip addr add 2001:db8::1$2/64 dev eth0 nodad
ip route add default via fe80::1 dev eth0
ip link add lxcbr0 type bridge
ip link set lxcbr0 up
exec "$3" -D -f "$1/sshd_config" -E "$1/sshd.$2.log"
BOOT

: >"$tmp/inventory"
for n in $hosts $in_waves; do
	unset SEKI_CONFIG
	unshare -n -m sh "$tmp/boot" "$tmp" "$n" "$(command -v sshd)" &
	echo $! >"$tmp/pid.$n"
	wait_for sh -c "[ \$(readlink /proc/$!/ns/net) != \$(readlink /proc/self/ns/net) ]"
	ip link add "h$n" type veth peer name eth0 netns $!
	ip link set "h$n" master lan up
	echo "$(name_of "$n") ansible_host=2001:db8::1$n" >>"$tmp/inventory"
done

# on N COMMAND...: there, without ssh.
on()
{
	node=$1
	shift
	nsenter -t "$(cat "$tmp/pid.$node")" -n -m "$@"
}

answers()
{
	timeout 5 sh -c "exec 3<>/dev/tcp/2001:db8::1$1/22" 2>/dev/null ||
	    timeout 5 bash -c "exec 3<>/dev/tcp/2001:db8::1$1/22"
}

all_answer()
{
	for n in $hosts $in_waves; do
		answers "$n" || return
	done
}
ok "eighteen hosts" wait_for all_answer

# ---- the collection, as ansible-galaxy installs it

mkdir -p "$tmp/collections/ansible_collections/seki"
cp -r "$top_srcdir/ansible" "$tmp/collections/ansible_collections/seki/host"
if command -v ansible-lint >/dev/null; then
	ok "ansible-lint has nothing to say" env -C \
	    "$tmp/collections/ansible_collections/seki/host" LC_ALL=C.UTF-8 \
	    HOME="$tmp" ansible-lint --nocolor
else
	skip "needs: ansible-lint"
fi
cat >"$tmp/ansible.cfg" <<CFG
[defaults]
inventory = $tmp/inventory
collections_path = $tmp/collections
host_key_checking = False
forks = 6
remote_tmp = $tmp/remote
local_tmp = $tmp/local
interpreter_python = /usr/bin/python3
private_key_file = $tmp/id
remote_user = root
timeout = 5
stdout_callback = told
callback_plugins = $tmp/callbacks
[ssh_connection]
ssh_args = -F none -o ControlMaster=auto -o ControlPersist=60s -o UserKnownHostsFile=/dev/null -o LogLevel=ERROR
control_path_dir = $tmp/cp
CFG
mkdir "$tmp/callbacks"
cat >"$tmp/callbacks/told.py" <<'PY'
import json
from ansible.plugins.callback import CallbackBase


class CallbackModule(CallbackBase):
    CALLBACK_TYPE = 'stdout'
    CALLBACK_NAME = 'told'

    def __init__(self):
        super().__init__()
        self.results = {}

    def note(self, result, **more):
        self.results[result._host.name] = result._result

    v2_runner_on_ok = v2_runner_on_failed = v2_runner_on_unreachable = note

    def v2_playbook_on_stats(self, stats):
        print(json.dumps({
            'results': self.results,
            'stats': {h: stats.summarize(h) for h in stats.processed}}))
PY
cat >"$tmp/play.yml" <<YML
- hosts: all
  gather_facts: false
  serial: "{{ wave | default(12) | int }}"
  max_fail_percentage: "{{ most | default(100) | int }}"
  tasks:
    - seki.host.config:
        executable: $seki
        timeout: 15
        force: true
        config: |
          uplink eth0
          bridge lxcbr0 ula fd5a:1c2e:90b1::1/64 masquerade
          forward tcp 80 to fd5a:1c2e:90b1::3
          {{ ssh }}
          default input deny
YML
for n in $hosts $in_waves; do
	way="allow input tcp 22"
	case " $locked " in
	*" $n "*) way="allow input tcp 2222" ;;
	esac
	mkdir -p "$tmp/host_vars"
	echo "ssh: $way" >"$tmp/host_vars/$(name_of "$n").yml"
done

# play HOSTS ARGUMENTS...: what came of it is $tmp/played, or $played.
played=$tmp/played
play()
{
	# shellcheck disable=SC2086 # they are words
	at=$(names $1 | tr ' ' ,)
	shift
	(cd "$tmp" && LC_ALL=C.UTF-8 ANSIBLE_CONFIG="$tmp/ansible.cfg" HOME="$tmp" \
	    timeout 400 ansible-playbook --limit "$at" "$@" play.yml \
	    >"$played" 2>"$played.told") || :
}

# came_of FIELD: hosts where it is not 0.
came_of()
{
	/usr/bin/python3 -c '
import json, sys
o = json.load(open(sys.argv[1]))
print(*sorted(h for h, s in o["stats"].items() if s[sys.argv[2]]))' \
	    "$played" "$1" || cat "$played" "$played.told" | tail -40 >&2
}

# result HOST EXPRESSION: of its task, called x.
result()
{
	/usr/bin/python3 -c '
import json, sys
o = json.load(open(sys.argv[1]))
x = o["results"][sys.argv[2]]
print(eval(sys.argv[3]))' "$played" "$1" "$2"
}

names()
{
	for n; do
		name_of "$n"
		echo
	done | xargs
}
well=$(for n in $hosts; do
	case " $locked " in *" $n "*) ;; *) echo "$n" ;; esac
done)

# ---- a look

# shellcheck disable=SC2086 # they are numbers
{
play "$hosts" --check --diff
is "a look: all would change" "$(came_of changed)" "$(names $hosts)"
is "and none fails" "$(came_of failures)$(came_of unreachable)" ""
looked=$(result vps01 'x["diff"]["after"], x["exposure"], x["steps"]')
like "it tells the statements" "$looked" 'forward tcp 80 to fd5a:1c2e:90b1::3'
like "and the exposure" "$looked" 'tcp 80 on 2001:db8::11 -> '
is "it changed nothing" "$(on 1 nft list tables)" ""

# ---- a commit that locks three of twelve out, beside another in waves

waves=$tmp/waves
(played=$waves && play "$in_waves" -e wave=3 -e most=0) &
in_turn=$!
play "$hosts"
is "nine are changed" "$(came_of changed)" "$(names $well)"
is "three fail" "$(came_of failures)" "$(names 4 8 12)"
is "none is lost" "$(came_of unreachable)" ""
is "what was done is what was looked at" \
    "$(result vps01 'x["diff"]["after"], x["exposure"], x["steps"]')" "$looked"
like "who failed says what became of it" "$(result vps04 'x["msg"]')" \
    '^commit #1 by .* was reverted, since nobody confirmed it.*no new connection'
is "and that nothing was changed" "$(result vps04 'x["changed"]')" False
is "the nine wait for nobody" "$(result vps01 'x["pending"]')" False
ok "all can be reached" all_answer
is "a host that was reverted is as it was" "$(on 4 nft list tables)" ""
like "one that was not is as it shall be" \
    "$(on 1 cat /etc/seki/seki.conf)" '^default input deny$'

# ---- again

play "$well"
is "a second run changes nothing" "$(came_of changed)" ""
is "and is content" "$(came_of ok)" "$(names $well)"

# ---- waves: the first that reverts is the last

wait $in_turn
played=$waves
is "a wave of three: two are changed" "$(came_of changed)" "$(names 13 14)"
is "one fails" "$(came_of failures)" "$(names 15)"
is "and the next wave does not begin" "$(came_of ok)" "$(names 13 14)"
played=$tmp/played
}

# ---- info, and what is wrong

cat >"$tmp/play.yml" <<YML
- hosts: all
  gather_facts: false
  module_defaults:
    seki.host.info:
      executable: $seki
    seki.host.config:
      executable: $seki
  tasks:
    - seki.host.info:
      when: inventory_hostname == 'vps01'
    - seki.host.config:
        config: forward tcp
      when: inventory_hostname == 'vps02'
    - seki.host.config:
        src: none.conf
      when: inventory_hostname == 'vps03'
YML
play "1 2 3"
is "info changes nothing" "$(came_of changed)" ""
is "and tells of forwards" \
    "$(result vps01 'x["forwards"][0]["proto"], x["forwards"][0]["ports"]')" \
    "('tcp', '80')"
like "what is no config is told" "$(result vps02 'x["msg"]')" 'missing|forward tcp'
like "and a file that is not there" "$(result vps03 'x["msg"]')" 'none.conf'

done_testing
