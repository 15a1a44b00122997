#!/bin/sh
# seki metrics: a real Prometheus scrapes it, and tells the traffic that there
# was.
. "${top_srcdir:-.}/test/lib/lib.sh"
in_sandbox "$@"
is_root || skip_all "kernel: counters want root"
need nft promtool prometheus systemd-socket-activate python3

public=2001:db8::10
ula=fd5a:1c2e:90b1
make_outside
make_container vm00
make_container vm01
serve vm00 tcp 80
cat >"$SEKI_CONFIG" <<CONF
uplink eth0
bridge lxcbr0 ula $ula::1/64 masquerade
container vm00 ula $ula::3
container vm01 ula $ula::4
forward tcp 80 to vm00
forward udp 53 to vm01 off
forward tcp 81 to vm01:9
default input deny
default forward deny
allow input tcp 9090 note "says \"hi\" \\\\ there"
CONF
ok "a config" "$seki" apply
ok "a forward works" wait_for inside client1 "$peer" get $public 80

# metric NAME{LABELS}: its value.
metric()
{
	"$seki" metrics 2>/dev/null |
	    awk -v name="$1" '{ v = $NF; sub(/ [^ ]*$/, "") } $0 == name { print v }'
}

reads()
{
	[ "$(metric "$1")" = "$2" ]
}

of80='proto="tcp",port="80",on="",to="vm00"'
is "promtool has nothing to say" \
    "$("$seki" metrics 2>/dev/null | promtool check metrics 2>&1)" ""
is "nor about the alerts" "$(promtool check rules \
    "$top_srcdir/doc/prometheus/seki.rules.yml" 2>&1 | grep -c FAILED)" 0
is "a forward that works is up" "$(metric "seki_forward_up{$of80}")" 1
is "one where nothing listens is not" \
    "$(metric 'seki_forward_up{proto="tcp",port="81",on="",to="vm01:9"}')" 0
is "of one that is off nobody asks" \
    "$("$seki" metrics | grep -c 'up.*port="53"')" 0
like "a connection was counted" \
    "$(metric "seki_forward_connections_total{$of80}")" '^[1-9]'
like "and what it carried" "$(metric \
    "seki_forward_bytes_total{$of80,direction=\"out\"}")" '^[1-9][0-9]+$'
connect client1 $public 80
is "one is open" "$(metric "seki_forward_connections{$of80}")" 1
is "a container runs" \
    "$(metric 'seki_container_up{container="vm00",bridge="lxcbr0"}')" 1
nok "a default refuses" inside client2 "$peer" get $public 99
like "and counts" "$(metric 'seki_policy_packets_total{chain="input",policy="default input",action="deny"}')" \
    '^[1-9]'
unlike "no client is named" "$("$seki" metrics)" '2001:db8:9|2001:db8:44'
unlike "a note is no label" "$("$seki" metrics)" 'says|there'

# ---- what a candidate does not change

"$seki" set forward tcp 80 to vm01 2>/dev/null
is "a candidate is not in force" "$(metric "seki_forward_up{$of80}")" 1
"$seki" discard 2>/dev/null

# ---- commits

before=$(metric "seki_forward_packets_total{$of80,direction=\"in\"}")
"$seki" add forward tcp 82 to vm01 2>/dev/null
ok "a commit" "$seki" commit --confirm 600 --force
is "it waits" "$(metric seki_commit_pending)" 1
left=$(($(metric seki_commit_deadline_timestamp_seconds) - $(date +%s)))
ok "until then" test "$left" -gt 580 -a "$left" -le 600
ok "counters went on" test "$(metric \
    "seki_forward_packets_total{$of80,direction=\"in\"}")" -ge "$before"
is "nothing was reverted so far" "$(metric seki_reverts_total)" 0
ok "a revert" "$seki" revert
is "is counted" "$(metric seki_reverts_total)" 1
is "nothing waits" "$(metric seki_commit_pending)" 0
is "so nothing has a deadline" \
    "$(metric seki_commit_deadline_timestamp_seconds)" ""
"$seki" add forward tcp 82 to vm01 2>/dev/null
"$seki" commit --now --force >/dev/null 2>&1
is "what is confirmed is no revert" "$(metric seki_reverts_total)" 1
is "there is no drift" "$(metric seki_drift)" 0
nft delete rule inet seki input handle "$(nft -a list chain inet seki input |
    sed -n 's/.*# handle \([0-9]*\)$/\1/p' | tail -1)"
ok "drift is a number" test "$(metric seki_drift)" -gt 0
"$seki" apply >/dev/null 2>&1

# ---- reboots: the service ends, and the kernel forgets

begin_service()
{
	"$seki" watch >>"$tmp/watch.log" 2>&1 </dev/null &
	watch=$!
	ok "$1" wait_for grep -q "this host is as" "$tmp/watch.log"
}

# forget [SIGNAL]: it ends by that, and so does the host. What tells the next
# namespace and boot from this one is made up.
forget()
{
	kill -"${1:-TERM}" $watch
	wait $watch 2>/dev/null
	[ -z "${2-}" ] || eval "$2"
	nft delete table inet seki
	find /run/seki -mindepth 1 ! -name seki.conf ! -name counters \
	    ! -path '/run/seki/history*' -delete
	[ ! -e /run/seki/counters ] || sed -i 1s/.*/abad1dea/ /run/seki/counters
	: >"$tmp/watch.log"
}

begun()
{
	metric "seki_forward_connections_total{$of80}"
}
refused='seki_policy_packets_total{chain="input",policy="default input",action="deny"}'

begin_service "the service serves"
"$seki" metrics >"$tmp/told"
had=$(begun)
forget
ip addr del $public/64 dev eth0
begin_service "it is back after a reboot, without an address yet"
ip addr add $public/64 dev eth0 nodad
is "and no counter fell" "$("$seki" metrics | awk '
	{ value = $NF; sub(/ [^ ]*$/, "") }
	FNR == NR && /^seki_.*_total{/ { told[$0] = value }
	FNR < NR && $0 in told { seen++; if (value + 0 < told[$0]) print }
	END { print (seen > 5) }' "$tmp/told" -)" 1
is "nor one that nothing moved" "$(metric "$refused")" \
    "$(sed -n "s/^$refused //p" "$tmp/told")"
ok "and is counted on" inside client1 "$peer" get $public 80
is "by one" "$(begun)" $((had + 1))
nft delete table inet seki
ok "somebody deletes the table: it is there again" wait_for \
    reads "seki_forward_connections_total{$of80}" 0
inside client1 "$peer" get $public 80 >/dev/null
forget KILL
begin_service "a power cut"
is "lets all begin at 0" "$(begun)" 0
inside client1 "$peer" get $public 80 >/dev/null
forget TERM '"$seki" metrics >/dev/null'
begin_service "a scrape between the end of the service and that of the host"
is "lets all begin at 0 rather than fall" "$(begun)" 0
is "where there is nothing to carry, there is no file" \
    "$(ls /run/seki/counters 2>/dev/null)" ""
# Of a folder that it watches, each name is told twice.
is "no event was lost so far" "$(metric seki_events_lost_total)" 0
many=$(cat /proc/sys/fs/inotify/max_queued_events)
kill -STOP $watch
(cd /run/netns && seq "$many" | xargs touch && seq "$many" | xargs rm)
kill -CONT $watch
ok "more than the service can hear is told" wait_for \
    reads seki_events_lost_total 1

inside client1 "$peer" get $public 80 >/dev/null
kill -TERM $watch
wait $watch
nft delete table inet seki
"$seki" apply >/dev/null 2>&1
is "nor does what was lost without the host come back" "$(begun)" 0

# ---- a file for node_exporter

mkdir "$tmp/collector"
ok "a file is written" "$seki" metrics --write "$tmp/collector/seki.prom"
is "and nothing beside it" "$(ls "$tmp/collector")" seki.prom
is "for everybody to read" "$(stat -c %a "$tmp/collector/seki.prom")" 644
is "of the same families" "$(grep '^#' "$tmp/collector/seki.prom")" \
    "$("$seki" metrics | grep '^#')"
status "a folder that cannot be is an error" 1 \
    "$seki" metrics --write /proc/none/seki.prom

# ---- HTTP

systemd-socket-activate --accept --inetd -E SEKI_CONFIG -l '[::1]:9944' \
    "$seki" metrics --http >"$tmp/socket.log" 2>&1 </dev/null &
wait_for sh -c "ss -Hltn 'sport = :9944' | grep -q LISTEN"

# request TEXT: its answer.
request()
{
	python3 -c '
import socket, sys
s = socket.create_connection(("::1", 9944))
s.sendall(sys.argv[1].encode().decode("unicode_escape").encode())
s.shutdown(socket.SHUT_WR)
sys.stdout.write(s.makefile("rb").read().decode())' "$1"
}

# A client that sends a byte now and then, for as long as nobody answers.
python3 -c '
import select, socket
s = socket.create_connection(("::1", 9944))
for _ in range(200):
    if select.select([s], [], [], 0.1)[0]:
        print(s.recv(100))
        break
    s.sendall(b"x")' >"$tmp/drip" 2>&1 </dev/null &
drips=$!
like "a request is answered" "$(request 'GET /metrics HTTP/1.1\r\n\r\n')" \
    '^HTTP/1.1 200 OK'
is "whole" "$(request 'GET /metrics HTTP/1.1\r\n\r\n' | tr -d '\r' |
    LC_ALL=C awk '/^Content-Length/ { n = $2 } body { got += length($0) + 1 }
	/^$/ { body = 1 } END { print n - got }')" 0
is "a head has no body" "$(request 'HEAD /metrics HTTP/1.1\r\n\r\n' |
    tail -1 | tr -d '\r')" ""
like "another path is not there" "$(request 'GET / HTTP/1.1\r\n\r\n')" ' 404 '
like "nor one that begins alike" \
    "$(request 'GET /metrics2 HTTP/1.1\r\n\r\n')" ' 404 '
like "a method that is not ours" "$(request 'POST /metrics HTTP/1.1\r\n\r\n')" \
    ' 405 '
like "half a request" "$(request 'GET /metr')" ' 400 '
like "one without end" "$(request "$(head -c 9000 /dev/zero | tr '\0' a)")" \
    ' 400 '
wait $drips
like "one that never ends" "$(cat "$tmp/drip")" 'HTTP/1.1 400 '
status "what is no connection is refused" 2 "$seki" metrics --http
status "of two ways, one" 2 "$seki" metrics --http --write x

# ---- Prometheus

cat >"$tmp/prometheus.yml" <<YML
global: { scrape_interval: 1s, evaluation_interval: 1s }
rule_files: [ $(cd "$top_srcdir" && pwd)/doc/prometheus/seki.rules.yml ]
scrape_configs:
  - job_name: seki
    static_configs: [ { targets: [ "[::1]:9944" ] } ]
YML
(cd "$tmp" && exec prometheus --config.file=prometheus.yml \
    --web.listen-address='[::1]:9090' --storage.tsdb.path="$tmp/tsdb" \
    >"$tmp/prometheus.log" 2>&1 </dev/null) &

# query EXPRESSION: what Prometheus answers.
query()
{
	promtool query instant 'http://[::1]:9090' "$1" 2>&1
}

answers()
{
	query "$1" | grep -Eq -e "$2"
}

ok "it scrapes" wait_for answers 'up{job="seki"}' '=> 1 @'
get_twice()
{
	inside client1 "$peer" get $public 80
	answers 'increase(seki_forward_connections_total{port="80"}[1m]) > 2' '=>'
}
ok "and tells of connections as they are made" wait_for get_twice
agrees()
{
	query 'seki_forward_connections_total{port="80"}' |
	    grep -q " => $(metric "seki_forward_connections_total{$of80}") @"
}
ok "as many as there were" wait_for agrees
ok "the alert of a broken forward is on its way" wait_for answers \
    'ALERTS{alertname="SekiForwardDown",port="81"}' 'alertstate="pending"'
is "every query of the dashboard has an answer" "$(
    sed -n 's/^ *"expr": "\(.*\)",$/\1/p' \
	"$top_srcdir/doc/prometheus/seki.grafana.json" |
    sed -e 's/\\"/"/g' -e 's/\$instance/.*/g' -e 's/\$__rate_interval/1m/g' |
    while IFS= read -r expr; do
	answers "$expr" '=>' || printf '%s\n' "$expr"
    done)" ""

done_testing
