#!/bin/sh
# Docker itself beside seki: forwards to containers of its bridge through its
# chains, while it, or they, start anew; and each leaves alone what the other
# has.
. "${top_srcdir:-.}/test/lib/lib.sh"
in_sandbox "$@"
is_root || skip_all "kernel: Docker wants root"
need nft iptables ip6tables dockerd containerd busybox python3

ula=fd5a:1c2e:90b1:
words=$tmp/watch.log
mount -t tmpfs tmpfs /var/lib
mkdir /var/lib/docker
private /etc/docker /opt
echo docker >>"$sandbox_made"
make_outside
make_outside4

# ---- Docker, without its client

# api METHOD PATH [BODY]: what it answers, on success.
api()
{
	python3 -B - "$@" <<'PY'
import http.client, socket, sys

class Docker(http.client.HTTPConnection):
    def connect(self):
        self.sock = socket.socket(socket.AF_UNIX)
        self.sock.connect("/run/docker.sock")

method, path, body = (sys.argv[1:] + [""])[:3]
form = "application/json"
if body.startswith("@"):
    body, form = open(body[1:], "rb").read(), "application/x-tar"
c = Docker("docker", timeout=60)
c.request(method, path, body or None, {"Content-Type": form})
r = c.getresponse()
print(r.read().decode())
sys.exit(r.status >= 400)
PY
}

cat >"$tmp/docker.json" <<CONF
{ "storage-driver": "vfs", "experimental": true, "ip6tables": true,
  "ipv6": true, "fixed-cidr-v6": "fd00:d0::/64" }
CONF
start_docker()
{
	dockerd --config-file "$tmp/docker.json" >>"$tmp/docker.log" 2>&1 \
	    </dev/null &
	dockerd=$!
	comes api GET /_ping || skip_all "kernel: dockerd does not start:\
 $(grep -E 'level=(fatal|error)|failed to start' "$tmp/docker.log" | tail -n 1)"
}

make_image()
{
	mkdir -p "$tmp/image/bin"
	cp "$(command -v busybox)" "$tmp/image/bin/sleep"
	tar -C "$tmp/image" -cf "$tmp/image.tar" .
	api POST "/images/create?fromSrc=-&repo=box&tag=1" "@$tmp/image.tar"
}

# create NAME [HOST-CONFIG]
create()
{
	api POST "/containers/create?name=$1" "{ \"Image\": \"box:1\",
	    \"Cmd\": [\"/bin/sleep\", \"100000\"],
	    \"ExposedPorts\": { \"80/tcp\": {} },
	    \"HostConfig\": { \"RestartPolicy\": { \"Name\": \"always\" },
	    ${2-\"Init\": false} } }" >"$tmp/created" || diag "$(cat "$tmp/created")"
	api POST "/containers/$1/start" || diag "$1 does not start"
	enter "$1"
}

# enter NAME: its namespace gets that name, also after a new start.
enter()
{
	wait_for is_running "$1"
	ip netns del "$1" 2>/dev/null
	ip netns attach "$1" "$(pid_of "$1")"
}

pid_of()
{
	api GET "/containers/$1/json" |
	    sed -n 's/.*"Running":true.*"Pid":\([1-9][0-9]*\).*/\1/p'
}

is_running()
{
	[ -n "$(pid_of "$1")" ]
}

start_docker
ok "there is an image" make_image
create web
create pub '"PortBindings": { "80/tcp": [ { "HostPort": "8080" } ] }'
serve_all()
{
	for port in 80 81 9; do
		serve web tcp $port
		serve pub tcp $port
	done
}
serve_all

# ---- what packets and forwards say

# gets PORT [WHOM]: it is reached from outside in both families.
gets()
{
	inside client1 "$peer" get 2001:db8::10 "$1" --timeout 2000 |
	    grep "^${2-}" &&
		inside client1 "$peer" get 192.0.2.10 "$1" --timeout 2000 |
		grep "^${2-}"
}

gets_none()
{
	! inside client1 "$peer" get 2001:db8::10 "$1" --timeout 300 &&
		! inside client1 "$peer" get 192.0.2.10 "$1" --timeout 300
}

# gets_at ADDRESS NAME: port 80 of one that is not translated by a forward.
gets_at()
{
	inside client1 "$peer" get "$1" 80 --timeout 2000 | grep "^$2"
}

state()
{
	"$seki" show forwards | sed -n "s/^$1 //p"
}

# cure FAMILY STATE: the command that it tells to help there.
cure()
{
	echo "$2" | sed -n "s/.*$1: [^:]* of Docker drops[^:]*: \([^;]*\).*/\1/p"
}

# with LINE...: the config with these, in force; what apply said.
with()
{
	{
		cat <<-CONF
		option ipv4 on
		uplink eth0
		bridge docker0 ula $ula:1/64 ${bridge_words-masquerade}
		container web ula $ula:8000:2 ${web_words-}
		container pub ula $ula:8000:3
		CONF
		printf '%s\n' "$@"
	} >"$SEKI_CONFIG"
	"$seki" apply 2>&1
}

ok "what Docker publishes is reached" wait_for gets 8080 pub

# ---- its chains

with "forward tcp 80 to web" "forward tcp 9000 to web:9 only ipv4" \
    >"$tmp/said"
like "a commit tells of its chain" "$(cat "$tmp/said")" \
    "^warning: table ip filter, chain FORWARD of Docker drops what it has no"
like "in both families" "$(cat "$tmp/said")" \
    "^warning: table ip6 filter, chain FORWARD of Docker drops"
ok "which is so" gets_none 80
now=$(state 'tcp *80')
like "as the forward says" "$now" "broken: IPv6: table ip6 filter, chain .*\
; IPv4: table ip filter, chain FORWARD of Docker drops its packets"
ok "what helps can be done in IPv4" sh -c "$(cure IPv4 "$now")"
ok "and in IPv6" sh -c "$(cure IPv6 "$now")"
ok "and helps" wait_for gets 80 web
ready()
{
	state "$1" | grep ' active$'
}
ok "as the forward knows" wait_for ready 'tcp *80'
ok "and another" ready 'tcp *9000'
unlike "nothing is told then" "$("$seki" check 2>&1)" "FORWARD of Docker"
ok "what Docker publishes is still reached" gets 8080 pub

# ---- the same port there and here, whoever was first

with "forward tcp 8080 to web:81" >/dev/null
ok "a port that both publish is ours" wait_for gets 8080 web
for tool in iptables ip6tables; do
	$tool-save -t nat >"$tmp/$tool"
done
nft 'delete table ip nat; delete table ip6 nat'
for tool in iptables ip6tables; do
	$tool-restore <"$tmp/$tool"
done
ok "also where Docker comes later" wait_for gets 8080 web
ok "and the forward is right to be active" ready 'tcp *8080'

# ---- all of the rest

said=$(with "forward any to pub")
like "its proxy would lose its port" "$said" \
    "would lose to pub what they listen for: tcp 8080"
like "which can be kept" "$said" "^ *allow input tcp 8080$"
ok "the rest goes to the container" wait_for gets 81 pub
ok "as its forward says" ready 'any *any'
with "forward any to pub" "allow input tcp 8080" >/dev/null
ok "what is kept is Docker's" wait_for gets 8080 pub

# ---- denied by default

said=$(with "forward tcp 80 to web" "default input deny" \
    "default forward deny")
like "that shuts what Docker publishes, as is told" "$said" \
    "chain PREROUTING of Docker forwards ports, too: .* shuts them"
ok "which is so" gets_none 8080
ok "a forward is open" gets 80 web
with "forward tcp 80 to web" "default input deny" "default forward deny" \
    "allow forward tcp 80 to bridge docker0" >/dev/null
ok "a policy opens what Docker publishes" wait_for gets 8080 pub

# ---- public addresses, from a prefix and by translation

bridge_words="prefix 2001:db8::/64 proxy translate 2001:db8:5::/64"
web_words="address 2001:db8::8000:2"
inside internet ip route add 2001:db8:5::/64 via 2001:db8::10
serve client1 tcp 7
with "default forward deny" "allow forward tcp 80" \
    "allow forward tcp to uplink" >/dev/null
# calls NAME ADDRESS: as that it is seen.
calls()
{
	inside "$1" "$peer" get 2001:db8:9::7 7 --timeout 2000 | grep " $2 "
}
ok "a container has its own" wait_for gets_at 2001:db8::8000:2 web
ok "another what becomes of its ULA" wait_for gets_at 2001:db8:5::8000:3 pub
ok "it calls as that" calls web 2001:db8::8000:2
ok "although Docker masquerades, it is not asked" calls pub 2001:db8:5::8000:3
ip6tables -D FORWARD -o docker0 -j ACCEPT 2>/dev/null ||
	ip6tables -D DOCKER-USER -o docker0 -j ACCEPT
nok "without a rule of Docker's it is not reached" \
    inside client1 "$peer" get 2001:db8::8000:2 80 --timeout 300
like "which is told" "$("$seki" check 2>&1)" \
    "table ip6 filter, chain FORWARD of Docker drops"
ok "once more" sh -c "$(cure IPv6 "$now")"
ok "helps" gets_at 2001:db8::8000:2 web
unset bridge_words web_words

# ---- starts, with the service

with "forward tcp 80 to web" "forward tcp 9000 to web:9 only ipv4" >/dev/null
"$seki" watch >"$words" 2>&1 </dev/null &
watch=$!
ok "the service is up" wait_for grep -q "this host is as" "$words"
address_of()
{
	api GET "/containers/$1/json" |
	    sed -n 's/.*"IPAddress":"\([0-9.]*\)".*/\1/p'
}
is_left_out()
{
	state 'tcp *9000' | grep 'broken: web has no IPv4 address'
}
before=$(address_of web)
api POST "/containers/web/stop?t=0"
ok "one that stopped has no address" wait_for is_left_out
like "and nobody answers" "$(state 'tcp *80')" "broken"
api POST "/containers/pub/restart?t=0"
api POST /containers/web/start
enter web
enter pub
unlike "it comes back with another address" "$(address_of web)" "^$before$"
serve_all
ok "the service has followed" wait_for gets 80 web
ok "by IPv4 alone, too" inside client1 "$peer" get 192.0.2.10 9000
ok "as the forwards know" ready 'tcp *9000'
ok "what Docker publishes has followed, too" gets 8080 pub
kill $dockerd
wait $dockerd
start_docker
enter web
enter pub
serve_all
ok "Docker itself may start anew" wait_for gets 80 web
ok "as the forwards know" ready 'tcp *80'
ok "with what it publishes" gets 8080 pub
like "an address that it took from its bridge is back" "$(cat "$words")" \
    "drift corrected: docker0: add address $ula:1/64"
unlike "but no rule was drift" "$(cat "$words")" "drift corrected: table"
kill -TERM $watch
wait $watch

# ---- what is Docker's stays so

with "forward tcp 80 to web" >/dev/null
before=$(theirs)
like "there is something to leave alone" "$before" "DOCKER-ISOLATION|DOCKER-CT"
ok "a commit" "$seki" add default forward deny
ok "is done" "$seki" commit
is "and leaves it alone" "$(theirs)" "$before"
ok "reverted" "$seki" revert
is "that leaves it alone" "$(theirs)" "$before"
"$seki" discard 2>/dev/null
"$seki" set option ipv4 off 2>/dev/null
ok "IPv4 off" "$seki" commit --now
is "leaves it alone" "$(theirs)" "$before"
is "also that Docker forwards IPv4" "$(cat /proc/sys/net/ipv4/ip_forward)" 1
ok "so what it publishes is reached" gets 8080 pub
nok "a forward is not by IPv4" \
    inside client1 "$peer" get 192.0.2.10 80 --timeout 300
ok "but by IPv6" inside client1 "$peer" get 2001:db8::10 80
kill $dockerd
wait $dockerd
done_testing
