/* A kernel that cannot be opened and tells nothing: what is told is up to each
 * test. It is linked with BLIND of Makefile.am. */
#include "config.h"

#include "core/kernel/net.h"
#include "core/reach/nearby.h"

struct net *__wrap_net_open(struct err *);
void __wrap_net_want(struct net *, const struct prefix *, size_t);
void __wrap_net_know_fib(struct net *, bool);
void __wrap_net_want_ssh(struct net *, bool);
int __wrap_net_generation(struct net *, uint32_t *, struct err *);
uint64_t __wrap_net_identity(struct net *);
int __wrap_net_counters(
    struct net *, const char *, struct counters *, struct err *);
int __wrap_net_rules(struct net *, const char *, struct rules *, struct err *);
bool __wrap_nearby_update(struct nearby *, struct net *,
    const struct snapshot *, const struct config *, bool fresh);

struct net *
__wrap_net_open(struct err *e)
{
	err_set(e, ERR_FAIL, "there is none");
	return NULL;
}

void
__wrap_net_want(
    struct net *net UNUSED, const struct prefix *v UNUSED, size_t n UNUSED)
{
}

void
__wrap_net_know_fib(struct net *net UNUSED, bool has UNUSED)
{
}

void
__wrap_net_want_ssh(struct net *net UNUSED, bool wants UNUSED)
{
}

int
__wrap_net_generation(
    struct net *net UNUSED, uint32_t *generation UNUSED, struct err *e)
{
	return err_set(e, ERR_FAIL, "blind");
}

uint64_t
__wrap_net_identity(struct net *net UNUSED)
{
	return 0;
}

int
__wrap_net_counters(struct net *net UNUSED, const char *table UNUSED,
    struct counters *c UNUSED, struct err *e)
{
	return err_set(e, ERR_FAIL, "blind");
}

int
__wrap_net_rules(struct net *net UNUSED, const char *table UNUSED,
    struct rules *rules UNUSED, struct err *e)
{
	return err_set(e, ERR_FAIL, "blind");
}

bool
__wrap_nearby_update(struct nearby *n UNUSED, struct net *net UNUSED,
    const struct snapshot *s UNUSED, const struct config *c UNUSED,
    bool fresh UNUSED)
{
	return false;
}
