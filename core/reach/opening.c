/* What lets packets through a chain of others. */
#include "config.h"

#include "core/reach/opening.h"

#include <ctype.h>
#include <string.h>

#include "core/base/shell.h"

/* Whether iptables knows the chain, whoever made it. */
static bool
is_of_iptables(const struct hooks *all, const struct hook *h,
    const struct rule_chain *base)
{
	return base->legacy || (hook_owner(all, h) != NULL &&
				   isupper((unsigned char)base->name[0]) &&
				   strcmp(hook_family(base), "inet") != 0);
}

static void
add_iptables(const struct rule_chain *base, enum family f, const char *what,
    struct buf *b)
{
	static const char *const tools[FAMILY_COUNT] = {
		[FAMILY_IPV6] = "ip6tables", [FAMILY_IPV4] = "iptables"
	};

	buf_printf(b, "%s%s", tools[f], base->legacy ? "-legacy" : "");
	if (strcmp(base->table, "filter") != 0)
		buf_printf(b, " -t %s", base->table);
	buf_printf(b, " -I %s -p %s -j ACCEPT", base->name, what);
}

void
opening_add(const struct hooks *all, const struct hook *h, enum family f,
    const struct opening *o, struct buf *b)
{
	const struct rule_chain *base = &all->tables.chains[h->chain];

	if (!is_shell_word(base->table) || !is_shell_word(base->name))
		return;
	if (is_of_iptables(all, h, base))
		add_iptables(base, f, o->xtables, b);
	else if (h->owner != NULL && strcmp(h->owner, "firewalld") == 0)
		buf_printf(b, "firewall-cmd %s && firewall-cmd --permanent %s",
		    o->firewalld, o->firewalld);
	else
		buf_printf(b, "nft insert rule %s %s %s %s accept",
		    hook_family(base), base->table, base->name, o->nft);
}
