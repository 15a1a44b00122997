# shellcheck shell=sh
# A real sshd of this host, on port $ssh_port, and logins to it as root.

# start_sshd: its process is $sshd_pid; the key of who may log in is $tmp/id.
start_sshd()
{
	mkdir -p /run/sshd
	# bash reads it under sshd, and what this host's does may wait or print.
	rc=$(getent passwd root | cut -d : -f 6)/.bashrc
	! [ -e "$rc" ] || mount --bind /dev/null "$rc"
	ssh-keygen -q -t ed25519 -N '' -f "$tmp/host_key"
	ssh-keygen -q -t ed25519 -N '' -f "$tmp/id"
	cp "$tmp/id.pub" "$tmp/authorized"
	cat >"$tmp/sshd_config" <<CONF
Port $ssh_port
HostKey $tmp/host_key
AuthorizedKeysFile $tmp/authorized
StrictModes no
PermitRootLogin yes
UsePAM no
PidFile none
CONF
	"$(command -v sshd)" -f "$tmp/sshd_config" -E "$tmp/sshd.log"
	sshd_pid=$(pgrep -n sshd)
}

# login_from NODE COMMAND: in a new session of that one, to $public.
login_from()
{
	node=$1
	shift
	timeout $wait_s nsenter --net="/run/netns/$node" ssh -F none -i "$tmp/id" \
	    -p $ssh_port -o StrictHostKeyChecking=no -o UserKnownHostsFile=/dev/null \
	    -o ConnectTimeout="${connect_s:-$wait_s}" -o BatchMode=yes -o LogLevel=ERROR \
	    "root@$public" "SEKI_CONFIG=$SEKI_CONFIG $*"
}

# login COMMAND: of a client outside.
login()
{
	login_from client1 "$@"
}
