/* What would be done on a made-up machine for a config. */
#ifndef SEKI_TEST_PLANNED_H
#define SEKI_TEST_PLANNED_H

#include "core/lang/config.h"
#include "core/plan/model.h"

#include "machine.h"

/* A config of what machine_settle has done. */
#define CONFIG                                                                 \
	"bridge lxcbr0 ula " ULA "1/64\n"                                      \
	"container vm00 on lxcbr0 ula " ULA "3\n"
#define UPLINK "uplink eth0\n" CONFIG

/* Steps of the first plan after machine_boot. */
#define DEAF                                                                   \
	"  net/ipv6/conf/lxcbr0/accept_ra 1 -> 0\n"                            \
	"  net/ipv6/conf/lxcbr0/autoconf 1 -> 0\n"
#define FORWARDING "  net/ipv6/conf/all/forwarding 0 -> 1\n"

/* Reads the text and judges it on the machine, or fails the test. Both to be
 * freed. */
void planned_model(
    const struct machine *, const char *text, struct config *, struct model *);

/* Fails the test unless the steps for that text, without rules, are the wanted
 * ones, as plan_print prints them. */
void plans(struct machine *, const char *text, const char *wanted);

#endif
