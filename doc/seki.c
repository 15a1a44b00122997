/* seki(8): the program. */
#include "config.h"

#include "doc/seki.h"

#include "core/base/intl.h"
#include "doc/tables.h"

const struct part manual_seki[] = {
	SECTION(N_("NAME")),
	NAME(N_("console for one public IPv6 address and containers "
		"behind a bridge"),
	    "seki"),

	SECTION(N_("SYNOPSIS")),
	ROWS(manual_synopsis),

	SECTION(N_("DESCRIPTION")),
	TEXT(N_("seki is for a server with one public IPv6 address and "
		"containers behind a Linux bridge. It gives containers private "
		"addresses (ULA), forwards public ports to them, keeps a "
		"firewall around them, and shows what is flowing.")),
	TEXT(N_("Its config consists of statements, one per line: see "
		"`seki.conf`(5). The `saved` config is in force after a "
		"reboot. Edits go to the `candidate`, a copy that every seki "
		"on the host shares, and have no effect until they "
		"are committed.")),
	TEXT(N_("A `commit` is carried out as a whole or not at all, and is "
		"pending until it is confirmed: a guard process, which "
		"outlives the console and the session, reverts it when the "
		"time is up, 120 seconds unless `option confirm` or "
		"`--confirm` says otherwise. A commit that changes nothing in "
		"the kernel, such as that of a note, is saved at once, and "
		"`seki apply` has no guard. Confirming asks for a proof, a new "
		"login over SSH since the commit: somebody whom sshd let in, "
		"or a new connection from the address that the commit came "
		"from. An open session proves nothing, because established "
		"connections are accepted; nor does the connection of a "
		"stranger or a container. An admin at a serial line or a "
		"provider's console has no such proof, and says so instead. A "
		"commit that would cut off the session it comes from is "
		"refused.")),
	TEXT(N_("In the kernel, seki owns the nftables table `inet seki` and "
		"the addresses, routes, bridges and sysctls that `seki diff` "
		"lists. Other tables are never edited; mind that a drop in "
		"one of them is final, whatever seki accepts. Counters and "
		"open connections survive a commit that does not concern "
		"them.")),
	TEXT(N_("Beside Docker, ufw or firewalld a packet has to be accepted "
		"by both: `seki check` and a commit name the chain that may "
		"drop what seki accepts, and the command that opens it, and so "
		"does a forward that is broken by such a chain. Ports that "
		"Docker publishes are not forwards of seki, and are in no list "
		"of what can be reached: they are subject to the policies of "
		"the chain `forward`, so `default forward deny` closes them "
		"until a policy allows the port inside, and `default input "
		"deny` leaves them open. A port that seki forwards, too, goes "
		"where seki says. `seki show neighbours` lists the base "
		"chains of all tables in the order that packets meet them: "
		"whose each is, by the names in its table, what it does to "
		"packets of seki's forwards and policies, and how many "
		"forwards do not work for it.")),
	TEXT(N_("Docker's nftables rules have no place for those of others: a "
		"rule ahead of them, as `seki doctor` tells it, is gone when "
		"Docker starts anew. What stays is a mark: `bridge-accept-"
		"fwmark` in Docker's daemon.json, and a table of yours whose "
		"chain at `hook forward priority -1` sets it for packets to "
		"that bridge.")),
	TEXT(N_("`seki setup` is for a host that seki knows nothing of yet. It "
		"tells what it found: uplinks and what the provider gave, "
		"bridges and containers, which programs listen on which ports "
		"of them and of this host, and what else manages the network. "
		"Then it proposes statements, those that are ticked as `[x]`: "
		"private addresses for all running containers, a forward for "
		"each port of theirs that is usually public, logins to this "
		"host and what it serves to containers, some ways out, and "
		"deny for the rest, in both families where there are both. "
		"Where the link, or what is routed here, has a public prefix "
		"there are two statements for a bridge, with it and without, "
		"of which one can be ticked. "
		"Without any bridge it proposes one that seki makes, and tells "
		"how the containers of what is installed get there. For an "
		"address that only the panel of the provider shows it takes an "
		"`uplink` with `keep`, and tells where to make that "
		"permanent. "
		"Then come what the Internet could reach and the steps. On a "
		"terminal, and as `setup` in `seki shell`, it asks for each "
		"group of statements: Enter goes on, a number ticks or "
		"unticks, a statement is taken, `other` chooses another random "
		"prefix, `back` goes back and `quit` leaves. In the "
		"console `F2` shows the same as boxes to tick. Nothing is "
		"changed before the last step, or `--yes` on the "
		"command line, which commit it under "
		"a guard. The file of `--answers` is a config: each of its "
		"statements comes in place of the proposed one for the same "
		"object, for the same ports of a chain or for the same ports "
		"of a container, or else beside them; a forward that is not "
		"wanted is said to be `off`. Where there is a config already, "
		"only what it lacks is proposed.")),
	TEXT(N_("Where nobody is asked, `seki setup` does not take along the "
		"edits that somebody left in the candidate: it refuses, and "
		"tells what they are. `--dry-run` ends as the commit would.")),
	TEXT(N_("Where systemd runs, set-up offers to enable the service once "
		"its commit is confirmed, in the console and on a terminal; "
		"`--yes` only tells the command that it would take, unless "
		"`--enable` says to run it. `seki enable` does so at any "
		"time.")),
	TEXT(N_("`seki doctor` looks at all that can be seen from here without "
		"a packet being sent: this host and its uplinks, containers, "
		"each forward, the tables of others, and seki's own configs, "
		"rules and service. It prints a line for each thing that is "
		"not well, with what mends it, the worst first; then how many "
		"are well. It exits with 1 if one of them fails. `seki show "
		"checks --json` has them all. They are about the host as it "
		"is, and about what was committed, whatever the candidate "
		"says: one whose cure is there already stays until a commit, "
		"and says so (`in_candidate`).")),
	TEXT(N_("It also looks into the containers of the config. Between a "
		"bridge, its port and the container's own interface, packets "
		"that are larger than the next MTU are lost without an error: "
		"these three are to be the same, and no larger than the "
		"uplink's where that is known to be small. LXC keeps the one "
		"inside as `lxc.net.0.mtu`, Docker and Podman as an option of "
		"their network. What policies allow a container holds for the "
		"addresses that it was given, not for others that it has, and "
		"might send from.")),
	TEXT(N_("Programs of this host may listen on a port that a forward "
		"takes, at every address that they have there: nobody on the "
		"Internet gets to them, and whoever tries from here does. They "
		"are told by name. Where the forward is meant, a policy that "
		"denies the port says so; where the program is, one that "
		"allows it keeps it beside `forward any`, and beside any other "
		"forward it wants another port.")),
	TEXT(N_("A port of a bridge that is locked (`bridge link set dev "
		"PORT locked on`) takes only frames from MACs that the "
		"bridge knows there. Where it does not know the "
		"container's, nothing that this sends gets in; where it "
		"has only learnt it, that ends once the container is "
		"silent for some minutes. The command that is told "
		"unlocks the port; `bridge fdb replace MAC dev PORT "
		"master static` keeps the lock and makes the MAC known "
		"for good.")),
	TEXT(N_("The way back begins inside. A container that takes "
		"another MAC than this host's for its gateway sends its "
		"answers there: by a neighbour entry that somebody fixed, "
		"or one by which somebody else has answered. What is told "
		"deletes that entry from here, by entering the network of "
		"the container. An IPv4 address that the config does not "
		"state may change with each lease: until `seki apply`, or "
		"the service, writes them anew, rules lead to the one "
		"that was there before.")),
	TEXT(N_("A bridge that nobody gave a MAC has the lowest of those of "
		"its ports. Another container may change it, and then no "
		"container finds this host until it searches for its MAC "
		"again. `ip link set BRIDGE address MAC` sets one; "
		"`LXC_BRIDGE_MAC` of lxc-net, `bridge_hw` of ifupdown or "
		"`MACAddress=` of systemd-networkd keeps it.")),
	TEXT(N_("Where a name has addresses of both families, programs take "
		"IPv4 unless their IPv6 address is a public one: that of a "
		"ULA has another label than the Internet (RFC 6724, 2.1). "
		"Without `option ipv4 on` seki has no part in that. Labels in "
		"`/etc/gai.conf` of the container make both alike, for "
		"programs that use glibc; all of that table have to be there, "
		"since one replaces it. musl, as in Alpine, has no such "
		"file.")),
	TEXT(N_("Errors that tell of a smaller MTU, ICMPv6 packet too big and "
		"ICMP fragmentation needed, pass seki's rules always. Where "
		"those of another program or of a container drop them, who "
		"sends too much is never told to send less.")),
	TEXT(N_("What is around this host is told as far as the kernel knows "
		"it already, in IPv4 only with its option: gateways that did "
		"not answer when somebody looked for them; routes, rules and "
		"fixed neighbour entries that keep packets from containers, "
		"with the command that removes them; the reverse path filter "
		"of IPv4 (`rp_filter`), where answers would leave by another "
		"interface; and br_netfilter. Of routes and rules, an address "
		"at the end of each bridge's prefix stands for all of its "
		"containers, but a forward is judged by its own target.")),
	TEXT(N_("Addresses that the provider gives need to be renewed. It "
		"is told where router advertisements come in that the "
		"kernel does not take while there is no default route "
		"(`accept_ra` is to be 2 with forwarding on), and where "
		"rules of another program drop advertisements, or the "
		"answers of DHCPv6, by which an uplink has something: "
		"those are new to connection tracking each time, so `ct "
		"state established` does not let them in, and hours pass "
		"before it is missed.")),
	TEXT(N_("A clock is wrong for certain where it is more than a day "
		"behind the saved config or the program itself. Dates in "
		"the history and in logs are then wrong, too; no deadline "
		"of a commit goes by it. `timedatectl set-ntp true` has "
		"systemd set it. And a `seki.service` of an admin's own "
		"that runs `seki apply` once, but not after "
		"`network-online.target`, is done before addresses come "
		"that its config needs: `systemctl revert seki` brings "
		"back the one that stays and waits for them.")),
	TEXT(N_("It reads what chains of other programs translate, too. A rule "
		"that forwards a port to somebody, but asks neither for an "
		"address of this host nor for the link that packets come by, "
		"also takes what containers send to that port anywhere in the "
		"world: it needs `fib daddr type local`, or with iptables `-m "
		"addrtype --dst-type LOCAL`. Until then, the command that is "
		"told has their packets pass by it.")),
	TEXT(N_("With `--self-test` it first sends packets after all, between "
		"network namespaces of its own that nobody else sees and that "
		"end with it: whether a forward forwards and counts, `from` "
		"and a default of deny refuse, a connection that is "
		"established goes on, and a revert restores, with this seki on "
		"this kernel. The service does so when it starts, until it has "
		"passed. Where it fails, `commit`, `check` and `apply` of a "
		"file are refused without `--force`; where it cannot be run, "
		"nothing is.")),
	TEXT(N_("`seki try` lets a packet in as if it came by the uplink. "
		"Its first line is the answer, with who decided: `FAIL dropped "
		"by seki: default input deny`. Then it "
		"tells each base chain that it meets, in every table, in the "
		"order of its way, what that does with it, and which "
		"statement, rule or policy decides. The packet is real: the "
		"first of a connection of TCP, a few bytes of UDP, or an echo "
		"request. A link that is there for this moment brings it, a "
		"filter of `tc` redirects it to the uplink, and nftables "
		"traces it, up to the last hook. Nothing leaves this host, no "
		"container and no program gets it, conntrack keeps nothing of "
		"it, and the kernel removes what was made, also when seki is "
		"killed. But rules count it, and log it, like any packet, and "
		"it uses up their limits. It exits with 1 if the packet does "
		"not get through.")),
	TEXT(N_("What comes before the first hook or behind the last one is "
		"not tried: XDP on the network card, chains of bridges and of "
		"egress, the neighbour, and whether a program answers; `seki "
		"doctor` looks at most of these. The kernel does not trace "
		"iptables-legacy: its rules are read when the packet is lost. "
		"Where the kernel lacks what it takes, or the right to it is "
		"missing, `try` says so, and judges by seki's own rules "
		"alone.")),
	TEXT(N_("A packet of which no source is given comes from an address "
		"that nobody has; one with a port and no `to`, as in `seki try "
		"tcp 22`, goes to the public address of this host. `seki try "
		"forward tcp 80` sends one that the forward is for, to its "
		"port and from its `from`; what is said beside it stands. `t` "
		"in the console asks with a form, filled in for the forward or "
		"the policy of the selected row, or for what the line of a "
		"review is about.")),
	TEXT(N_("For each forward and policy that is new, `seki diff`, the "
		"review and set-up tell what the first packet from outside "
		"would meet under the candidate: one of each protocol and "
		"family, judged by the candidate and by the rules that others "
		"have now, from the first prefix of its `from`, else from an "
		"address that nobody has (2001:db8:ffff::1, 198.51.100.1). A "
		"forward that gets its packet to a container where nothing "
		"listens is a WARN. Once the commit is pending, real packets "
		"are sent as by `seki try`, at most 16: `seki commit`, `seki "
		"show status` and the countdown tell how many fared as they "
		"should, and which did not. Of what only containers send, "
		"nothing is tried.")),
	TEXT(N_("`seki explain` tells the same of the next packet of somebody "
		"else that comes by the uplink, and waits ten seconds for it: "
		"of TCP the first of a connection, from the address that is "
		"given, or from any. That one goes its way.")),
	TEXT(N_("Policies are evaluated for the first packet of a connection "
		"only, and so are forwards: a live connection goes on as it "
		"began. What a commit forbids, leads elsewhere, would "
		"forward now or would have leave under another address is its "
		"orphan: `seki diff` and the review tell of "
		"the first, and `seki show orphans` lists all of them before "
		"the commit. So is what this host itself began over UDP from a "
		"port that is forwarded now, as a tunnel does, unless it is of "
		"a client's socket. Orphans of UDP, and of other "
		"protocols without an end, are ended at once, so that their "
		"next packet is subject to the new rules; the commit tells how "
		"many, and so does a revert. TCP connections stay open, unless "
		"`--end` ends them, too: the commit tells how many there are, "
		"and names some of those that use no forward. `seki show "
		"connections` tells which, of which commit and why, `seki end` "
		"ends one, and `seki end orphans` all of them. What other "
		"tables have translated is nobody's orphan and is left alone. "
		"What leads to a public address that no container has any more "
		"is ended, whatever its protocol.")),
	TEXT(N_("seki runs in one of these modes:")),
	ROWS(manual_modes),

	SECTION(N_("SERVICE")),
	TEXT(N_("`seki watch`, run by the systemd unit `seki`, applies the "
		"saved config to the kernel when it starts, without a guard, "
		"and follows each commit. It repairs what other programs "
		"change of seki's own, and sets up containers as they appear. "
		"A saved config that was edited by hand waits for `seki apply` "
		"or `SIGHUP`, which `systemctl reload seki` sends; if it "
		"cannot be read at the start, the newest config of the history "
		"is applied instead. Stopping the service leaves everything in "
		"place.")),
	TEXT(N_("When the address of an uplink is replaced, the service "
		"brings the rules to the new one and ends the connections of "
		"the old one once that is gone. Without the service `seki show "
		"status`, `seki check` and `seki diff` tell that the rules are "
		"for an address that is gone; `seki apply`, or any commit, "
		"does the same.")),
	TEXT(N_("The service, the guard, `seki apply` and `seki end` log what "
		"they do, by `syslog`(3): commits, whether they were given "
		"more time, how they ended and who made them, what was applied "
		"or ended and by whom, containers that come and go, what was "
		"put right and who had changed it, what could not be done, and "
		"when the service starts, stops or does not start. "
		"`seki log` reads that from systemd's journal, where it takes "
		"only what root has logged, else from the files of a syslogd, "
		"`/var/log/syslog`, `daemon.log`, `messages` or `user.log`, "
		"where anybody can write lines in the name of seki. A lab "
		"keeps no log.")),

	SECTION(N_("SYSCTLS")),
	TEXT(N_("As soon as the config has a forward, a container or a bridge, "
		"these are set below `net.ipv6.conf`, in this order. A revert "
		"restores them, and `seki watch` checks them again whenever an "
		"interface or an address appears. An uplink is an interface "
		"that the config names or that has a default route; while none "
		"is known, every interface that could be one. A bridge is one "
		"of the config that has nothing but containers behind it: what "
		"it has learned from router advertisements is removed as well. "
		"NetworkManager and systemd-networkd process advertisements "
		"themselves and keep `accept_ra` at 0, which is left alone.")),
	ROWS(manual_sysctls),

	SECTION(N_("OPTIONS")),
	ROWS(manual_options),

	SECTION(N_("COMMANDS")),
	TEXT(N_("The same words follow `seki` on a command line, and work in "
		"`seki shell` and in the `:` line of the console. They may be "
		"abbreviated as long as they are unambiguous. STATEMENT is one "
		"of `seki.conf`(5), KEY the start of one that names its "
		"object, such as `forward tcp 80` or `container web1`.")),
	ROWS(manual_commands),

	SECTION(N_("CONSOLE")),
	TEXT(N_(
	    "From the top: the host, whether it is well, and the state of "
	    "the candidate; the tabs, with `!` behind those that tell of a "
	    "trouble and `*` where changes wait; the current screen, the "
	    "message line, and the most used keys. While a commit is "
	    "pending the first row is a bar of the time that is left, on "
	    "every screen. `?` lists all keys of a screen. `Esc` goes back and "
	    "never quits, and closes a form that is filled in only if it is "
	    "pressed twice; edits never touch the kernel. `:` takes a command, "
	    "or the start of the name of a screen; `:commit`, as `:w` does, "
	    "shows first what a commit would do. If standard input "
	    "or output is not a terminal, seki runs the commands from "
	    "standard input instead, or without any, prints the data of "
	    "the dashboard as plain tables.")),
	TEXT(N_("A list without rows says what to do next: arrows choose one "
		"of these steps, and Enter takes it.")),
	TEXT(N_("A column of a chart is five seconds, and all charts of a "
		"screen end with this minute of the clock, so that they stand "
		"still meanwhile. What goes out stands on the axis, what comes "
		"in hangs from it by the same scale.")),
	TEXT(N_("Each second, the counters of what is in sight are read. Where "
		"there are very many forwards, those out of sight are read "
		"less often, and the order of a list by rates is made anew "
		"only then: `ranked every 6 s` says so in the message line. "
		"Very many connections are all read less often: `read every "
		"20 s`.")),
	TEXT(N_("Rates of connections and clients need two readings, and a "
		"kernel that counts bytes: `a` on their screen sets "
		"net.netfilter.nf_conntrack_acct, and nf_conntrack_timestamp "
		"for when they began, for connections that begin from then on, "
		"and sets them back.")),
	TEXT(N_("Clients, there and in `show clients`, are those of live "
		"connections and of connections that have ended while the "
		"kernel remembers them, for a minute or two: both used the "
		"line, and are in the sums. CONNS counts the live ones. "
		"`show connections` lists only these. On the screen each "
		"client has a row, and `z` shows its connections below it, of "
		"many the first eight as the list is sorted and a row for the "
		"rest; `Z` does so for all clients. Those that a commit left "
		"behind are always shown, marked `!`. A filter finds what is "
		"folded away, and sums are of what it finds.")),
	ROWS(manual_screens),
	SUB(N_("Keys of several screens")),
	ROWS(manual_keys),

	SECTION(N_("TABLES")),
	TEXT(N_("The columns of the tables. Rates, per second, are on the "
		"screens and with `--rates`; `-` stands for an unknown value. "
		"At the left edge of a screen, `+` marks what the candidate "
		"adds, `-` what it removes or what is off, `~` what it "
		"changes, `*` what is active, `?` what is degraded, `!` what "
		"is broken or still open although the rules would not accept "
		"it now, and `=` what is always there. A ULA in parentheses is "
		"there without a statement. `+many` after the address of a "
		"container stands for more addresses than seki reads: a "
		"container may take any number of them.")),
	ROWS(manual_columns),

	SECTION(N_("JSON")),
	TEXT(N_("With `--json` the answer is one object in one line, whose "
		"array is named after what was asked for:")),
	CODE("{\"schema\": 1, \"forwards\": [...]}"),
	TEXT(N_("Fields may be added, but are never renamed. An unknown "
		"value is null, and so is what does not apply, such as the "
		"ports of `forward any`. Counts are integers, addresses are "
		"written as in RFC 5952, times are seconds since 1970, and "
		"characters in foreign names that could harm a terminal are "
		"escaped. `seki.schema.json` is a JSON schema of all answers. "
		"The items are (`ula` and `address` are what the "
		"config gives, `addresses` are all there are):")),
	ROWS(manual_json),
	TEXT(N_("A program commits by `seki commit --file FILE --json`, which "
		"leaves the candidate alone, and then, over a connection that "
		"it made anew, by `seki confirm N`, where N is the `number` "
		"that it was told: N is refused while another commit is "
		"pending. A config that is in force already is no change, and "
		"waits for nobody.")),
	TEXT(N_("`rehearsed` tells of each packet that was judged for a diff, "
		"or sent for a commit: where it came from and went `to`, "
		"whether its statement says that it `passes`, and in `text` "
		"and `state` what became of it; `real` is false if it was "
		"judged.")),
	TEXT(N_("`orphans` of a diff are items as of `show orphans`, and of a "
		"commit how many it has left behind. `orphan_of` of a "
		"connection is the number of the commit that "
		"left it behind, and `stale` why; `since` is when it began, "
		"known where the kernel notes that "
		"(net.netfilter.nf_conntrack_timestamp).")),
	TEXT(N_("`families` of a forward tells of each family by itself. A "
		"forward that is broken in one alone is degraded as a whole, "
		"unless it is only for want of an address of that family that "
		"nothing in the config gives.")),
	TEXT(N_("`show lights`, and `lights` of a family, tell what the "
		"packets of a forward need in the order they meet it. Where "
		"one fails no packet gets further, so those behind it are not "
		"reached; one that warns stops some packets, or may. The "
		"first that is red is the reason of the forward. `answer` is "
		"ok once something came back by it since its counters began; "
		"until then it is unknown, for what is lost before this host "
		"cannot be seen here.")),

	SECTION(N_("METRICS")),
	TEXT(N_("`seki metrics` prints the text format 0.0.4 of Prometheus, "
		"about what is committed. `--write` puts it into a file of "
		"the directory of node_exporter's textfile collector, as the "
		"timer `seki-metrics.timer` does each half minute. `--http` "
		"answers one request for `/metrics`: the socket "
		"`seki-metrics.socket` listens on port 9944 of `::1` for it. "
		"Neither is enabled by itself. Counters go on over commits, "
		"and over a reboot, for which the service saves them when it "
		"ends. After a power cut, or when they were told once more "
		"since the service ended, they begin at 0, and never in "
		"between, so that `rate()` is right. No label has an address "
		"of a client. Rules for alerts and a dashboard of Grafana are "
		"in `/usr/share/doc/seki`.")),
	ROWS(manual_metrics),

	SECTION(N_("EXIT STATUS")),
	TAG(N_("success"), "0"),
	TAG(N_("failure: nothing was changed, or it was undone; a file cannot "
	       "be read"),
	    "1"),
	TAG(N_("usage error: the words or the file cannot be parsed, or name "
	       "something that does not exist"),
	    "2"),
	TAG(N_("refused: unsafe, or not possible on this host"), "3"),
	TAG(N_("busy: another commit is pending, or holds the lock"), "4"),
	TAG(N_("partial success: in force or pending, except for what standard "
	       "error lists as `not done`"),
	    "5"),
	TEXT(N_("The answer goes to standard output, everything else to "
		"standard error. If the saved config cannot be read or parsed, "
		"`show` and `history` still print what there is, but exit with "
		"1 or 2: a table without rows then does not mean an empty "
		"config. `seki shell` continues after a line that failed; with "
		"input from a program, it exits with the status of the first "
		"line that failed.")),

	SECTION(N_("ENVIRONMENT")),
	TAG(N_("the saved config, unless `--config` names it"), "SEKI_CONFIG"),
	TAG(N_("if not empty: no colours"), "NO_COLOR"),
	TAG(N_("the terminal type; if it is `dumb`, unset or unknown, the "
	       "console says so and `seki shell` runs instead"),
	    "TERM"),
	TAG(N_("the language, and whether more than ASCII can be shown; "
	       "there is a Japanese translation. If the locale has only "
	       "ASCII, the console asks the terminal, and uses UTF-8 if that "
	       "has it"),
	    "LANG, LC_ALL, LANGUAGE"),
	TAG(N_("the directory of `seki/history`, the history of the `:` line; "
	       "default `~/.local/state`"),
	    "XDG_STATE_HOME"),
	TAG(N_("who made a commit, for the history and the guard"),
	    "SUDO_USER, SSH_CONNECTION"),
	TAG(N_("key bindings of the `:` line and of `seki shell`"), "INPUTRC"),

	SECTION(N_("FILES")),
	TAG(N_("the saved config"), "/etc/seki/seki.conf"),
	TAG(N_("every confirmed config, the newest 50; a commit that was "
	       "reverted leaves a gap, since no number is used twice, and "
	       "`number` there has the last"),
	    "/etc/seki/history/"),
	TAG(N_("counters, from the end of the service to its start after a "
	       "reboot; beside the saved config, if that is another one"),
	    "/var/lib/seki/counters"),
	TAG(N_("the config being edited, shared by all"),
	    "/run/seki/candidate.conf"),
	TAG(N_("the candidate before each edit, for undo, even after a commit, "
	       "and before each undo, for redo"),
	    "/run/seki/undo/, /run/seki/redo/"),
	TAG(N_("held by a commit"), "/run/seki/lock"),
	TAG(N_("the state that a pending commit reverts to"),
	    "/run/seki/pending/"),
	TAG(N_("the addresses that seki added and the bridges that it made, "
	       "which it may remove"),
	    "/run/seki/made"),
	TAG(N_("which commit left which live connection behind"),
	    "/run/seki/orphans"),
	TAG(N_("how the packets fared that were sent for a pending commit"),
	    "/run/seki/tried"),
	TAG(N_("whether this kernel supports route lookups in rules, asked "
	       "once per boot"),
	    "/run/seki/fib"),
	TAG(N_("what the self-test found, with which seki and kernel"),
	    "/run/seki/self-test"),
	TAG(N_("in a lab only: its saved config, and its command history"),
	    "/run/seki/seki.conf, /run/seki/lab/"),

	SECTION(N_("EXAMPLES")),
	TEXT(N_("Try it in a throw-away host, with traffic, without touching "
		"this one:")),
	CODE("seki lab"),
	TEXT(N_("Forward a port, review, commit, and confirm:")),
	CODE("seki add forward tcp 80,443 to web1\n"
	     "seki diff\n"
	     "seki commit\n"
	     "seki confirm"),
	TEXT(N_("Return to an older config:")),
	CODE("seki history\n"
	     "seki rollback 3\n"
	     "seki commit\n"
	     "seki confirm"),
	TEXT(N_("List broken forwards, for a script:")),
	CODE("seki show forwards --json |\n"
	     "    jq '.forwards[] | select(.state == \"broken\")'"),

	SECTION(N_("SEE ALSO")),
	TEXT("`seki.conf`(5), `nft`(8), `ip`(8), `bridge`(8), `sshd`(8), "
	     "`journalctl`(1)"),
	PART_LAST,
};
