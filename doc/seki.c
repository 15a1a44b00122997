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
	TEXT(N_("What it does is written as statements, one a line: see "
		"`seki.conf`(5). The `saved` config is what a reboot brings "
		"back. Edits go to the `candidate`, a copy that every seki on "
		"the host shares, and nothing happens until it is committed.")),
	TEXT(N_("A `commit` is carried out whole or not at all, and is pending "
		"until it is confirmed: a guard, which outlives the console "
		"and the session, takes it back by itself when the time is "
		"over, 120 seconds unless `option confirm` or `--confirm` says "
		"otherwise. A commit that changes nothing in the kernel, as "
		"one of a note, is saved at once, and `seki apply` has no "
		"guard. Confirming asks for a proof, a new login over "
		"SSH since the commit: somebody whom sshd let in, or a new "
		"connection from where the commit came from. An open session "
		"proves nothing, because what is established is let through; "
		"nor does a stranger's connection, or a container's. Whoever "
		"works at a serial line or a provider's console has no such "
		"proof, and says so instead. A commit that would cut "
		"off the session it comes from is refused.")),
	TEXT(N_("In the kernel, seki owns the nftables table `inet seki` and "
		"the addresses, routes and sysctls that `seki diff` lists. "
		"Other tables are never edited; mind that a drop in one of "
		"them is final, whatever seki accepts. Counters and open "
		"connections survive a commit that does not concern them.")),
	TEXT(N_("Beside Docker, ufw or firewalld a packet needs the leave of "
		"both: `seki check` and a commit name the chain in which what "
		"is let through may end, and the command that opens it, and "
		"so does a forward that is broken by one. Ports that Docker "
		"publishes are no forwards of seki, and no list of what can be "
		"reached has them: they pass by the policies of forward, so "
		"`default forward deny` shuts them until a policy allows the "
		"port inside, and `default input deny` leaves them open.")),
	TEXT(N_("Only the first packet of a connection is judged, so TCP "
		"connections that a commit forbids go on. It tells how many "
		"there are, and so does a revert, and names some of those "
		"that pass no forward; of the others `seki show connections` "
		"tells which and why, and `seki end` ends one. Flows of UDP "
		"through a forward that is gone, leads elsewhere or refuses "
		"them are ended at once, and so are those that would pass a "
		"new forward by, unless a program of this host waits on their "
		"port: their next packet goes by the new rules.")),
	TEXT(N_("seki is one of these:")),
	ROWS(manual_modes),

	SECTION(N_("SERVICE")),
	TEXT(N_("`seki watch`, which the unit `seki` of systemd runs, brings "
		"the kernel to the saved config when it starts, without a "
		"guard, and follows each commit. What other programs change "
		"of what is seki's, and containers that come, it puts right. "
		"A saved config that was edited by hand waits for `seki "
		"apply` or `SIGHUP`, which `systemctl reload seki` sends; "
		"where it cannot be read at the start, the newest of the "
		"history is kept up instead. Stopping the service leaves "
		"everything in place.")),

	SECTION(N_("SYSCTLS")),
	TEXT(N_("As soon as there is a forward, a container or a bridge in "
		"the config, these are set below `net.ipv6.conf`, in this "
		"order. A revert puts them back, and `seki watch` looks again "
		"whenever an interface or an address comes. An uplink is what "
		"the config names or has a default route; while none is "
		"known, every interface that could be one. A bridge is one "
		"of the config that has nothing but containers behind it: "
		"what it has learned from router advertisements is removed "
		"as well. NetworkManager and systemd-networkd hear "
		"advertisements themselves and keep `accept_ra` at 0, which "
		"is left alone.")),
	ROWS(manual_sysctls),

	SECTION(N_("OPTIONS")),
	ROWS(manual_options),

	SECTION(N_("COMMANDS")),
	TEXT(N_("The same words follow `seki` on a command line, and work in "
		"`seki shell` and in the `:` line of the console. They may be "
		"shortened as long as "
		"they are clear. STATEMENT is one of `seki.conf`(5), KEY the "
		"start of one that names its object, such as `forward tcp 80` "
		"or `container web1`.")),
	ROWS(manual_commands),

	SECTION(N_("CONSOLE")),
	TEXT(N_("From the top: what host it is and how the candidate stands, "
		"the screens, the screen in front, a line of news, and the "
		"keys that are used most. `?` lists all keys of a screen. "
		"`Esc` goes back and never leaves; edits never touch the "
		"kernel. Where standard input or output is no terminal, the "
		"console is the commands that come from standard input, or "
		"without any, what the dashboard shows as plain tables.")),
	ROWS(manual_screens),
	SUB(N_("Keys of several screens")),
	ROWS(manual_keys),

	SECTION(N_("TABLES")),
	TEXT(N_("The columns of what is shown. Rates, per second, are on the "
		"screens and with `--rates`; `-` stands for what is not "
		"known. At the left edge of a screen, `+` marks what the "
		"candidate adds, `-` what it removes or what is off, `~` what "
		"it changes, `*` what is active, `?` what is degraded, `!` "
		"what is broken or goes on although the rules would not let "
		"it through anew, and `=` what is always there. A ULA in "
		"parentheses is one that is there without a statement. `+many` "
		"behind the address of a container stands for more of them "
		"than are read: it may give itself any number.")),
	ROWS(manual_columns),

	SECTION(N_("JSON")),
	TEXT(N_("With `--json` the answer is one object in one line, in which "
		"the array has the name of what was asked for:")),
	CODE("{\"schema\": 1, \"forwards\": [...]}"),
	TEXT(N_("Fields are added, but never renamed. What is not known is "
		"null. Counts are whole numbers, addresses are written as in "
		"RFC 5952, times are seconds since 1970, and what could "
		"harm a terminal in names from outside is escaped. The "
		"items are (`ula` is what the config gives, `addresses` "
		"all that there are):")),
	ROWS(manual_json),

	SECTION(N_("EXIT STATUS")),
	TAG(N_("done"), "0"),
	TAG(N_("failed, and nothing changed or it was undone; a file cannot "
	       "be read"),
	    "1"),
	TAG(N_("the words or the file cannot be parsed, or name what is not "
	       "there"),
	    "2"),
	TAG(N_("understood, and refused: unsafe, or not possible on this host"),
	    "3"),
	TAG(N_("busy: another commit is pending, or holds the lock"), "4"),
	TAG(N_("done, and in force or pending, but for what standard error "
	       "tells as `not done`"),
	    "5"),
	TEXT(N_("The answer goes to standard output, everything else to "
		"standard error. Where the saved config cannot be read or "
		"parsed, `show` and `history` print what there is all the "
		"same, but end with 1 or 2: a table without a row is then no "
		"sign of an empty config. `seki shell` reads on after a line "
		"that failed; fed by a program, it ends with the status of the "
		"first that did.")),

	SECTION(N_("ENVIRONMENT")),
	TAG(N_("the saved config, unless `--config` names it"), "SEKI_CONFIG"),
	TAG(N_("not empty: no colours"), "NO_COLOR"),
	TAG(N_("the kind of terminal; where it is `dumb`, unset or unknown, "
	       "the console says so and becomes `seki shell`"),
	    "TERM"),
	TAG(N_("the language, and whether more than ASCII can be shown; "
	       "there is a Japanese translation"),
	    "LANG, LC_ALL, LANGUAGE"),
	TAG(N_("where `seki/history` lies, the lines typed behind `:`; "
	       "else `~/.local/state`"),
	    "XDG_STATE_HOME"),
	TAG(N_("who made a commit, for the history and the guard"),
	    "SUDO_USER, SSH_CONNECTION"),
	TAG(N_("keys of the `:` line and of `seki shell`"), "INPUTRC"),

	SECTION(N_("FILES")),
	TAG(N_("the saved config"), "/etc/seki/seki.conf"),
	TAG(N_("every confirmed config, the newest 50"), "/etc/seki/history/"),
	TAG(N_("the config being edited, shared by all"),
	    "/run/seki/candidate.conf"),
	TAG(N_("the candidate before each edit, for undo, also over commits, "
	       "and before each undo, for redo"),
	    "/run/seki/undo/, /run/seki/redo/"),
	TAG(N_("held by a commit"), "/run/seki/lock"),
	TAG(N_("what a pending commit goes back to"), "/run/seki/pending/"),
	TAG(N_("the addresses and routes that are seki's to remove"),
	    "/run/seki/made"),
	TAG(N_("whether this kernel looks up routes for rules, asked once a "
	       "boot"),
	    "/run/seki/fib"),
	TAG(N_("in a lab alone: its saved config, and the lines typed in it"),
	    "/run/seki/seki.conf, /run/seki/lab/"),

	SECTION(N_("EXAMPLES")),
	TEXT(N_("Try it in a throw-away host, with traffic, touching nothing "
		"of yours:")),
	CODE("seki lab"),
	TEXT(N_("Forward a port, look, commit, and keep it:")),
	CODE("seki add forward tcp 80,443 to web1\n"
	     "seki diff\n"
	     "seki commit\n"
	     "seki confirm"),
	TEXT(N_("Back to an older config:")),
	CODE("seki history\n"
	     "seki rollback 3\n"
	     "seki commit\n"
	     "seki confirm"),
	TEXT(N_("Forwards that do not work, for a script:")),
	CODE("seki show forwards --json |\n"
	     "    jq '.forwards[] | select(.state == \"broken\")'"),

	SECTION(N_("SEE ALSO")),
	TEXT("`seki.conf`(5), `nft`(8), `ip`(8), `bridge`(8), `sshd`(8)"),
	PART_LAST,
};
