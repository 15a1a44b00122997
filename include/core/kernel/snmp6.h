/* What the kernel has counted of a link's ICMPv6. */
#ifndef SEKI_CORE_KERNEL_SNMP6_H
#define SEKI_CORE_KERNEL_SNMP6_H

/* How many router advertisements came in since the link is there, also those
 * that it took no notice of; 0 likewise where nobody can tell. */
unsigned long snmp6_advertisements(const char *link);

#endif
