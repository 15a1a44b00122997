/* Other processes: which there are, their state, programs and sockets; and
 * killing them. */
#ifndef SEKI_CORE_BASE_PROCESS_H
#define SEKI_CORE_BASE_PROCESS_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

/* Whether the process is stopped by a signal, or in a frozen cgroup (v2). A
 * traced process is not. */
bool process_is_stopped(pid_t);

/* Whether it is in our network namespace; false if that cannot be read. */
bool process_shares_network(pid_t);
/* Whether it is, and may change addresses and routes there; likewise. */
bool process_rules_network(pid_t);

/* Kills a process, even a stopped one, and waits up to a second for it to exit.
 * One in uninterruptible sleep never returns to user space. 0, or -1 with
 * errno. */
int process_kill(pid_t);

/* From the stat of proc(5); all zero if it cannot be read. */
struct process_stat {
	char state; /* 'T' is stopped */
	int parent;
	uint64_t began; /* ms after boot */
};
/* Of the process whose /proc folder this is. */
struct process_stat process_stat(const char *folder);
/* 0 if the process is gone, or its parent is not visible. */
pid_t process_parent(pid_t);

/* The path of the program of the process whose /proc folder this is, without
 * the " (deleted)" that an upgrade leaves: then it is that of the new program.
 * Owned by the caller; NULL if it cannot be read. */
char *process_path(const char *folder);
/* The name of the program, without its path; likewise. */
char *process_program(const char *folder);

/* The path of what is beside our program and is as much to be trusted, also by
 * root in a folder that anybody can write to: the owner is the same, and nobody
 * else may write to it. Owned by the caller; NULL if there is no such thing. */
char *process_beside(const char *name);

/* Calls each for all processes, with their folders below proc, which is /proc,
 * until it returns false. 0, or -1 with errno. */
int process_each(const char *proc,
    bool (*each)(void *arg, const char *folder, pid_t), void *arg);

/* Whether the process whose /proc folder this is runs as root, or as whoever
 * asks: anybody can name a program like another. */
bool process_is_trusted(const char *folder);

/* Reports the inodes of sockets among the first 1,024 descriptors of a process.
 * More are not read: they would only keep the reader busy. */
void process_sockets(const char *folder,
    void (*each)(void *arg, unsigned long inode), void *arg);

/* Asks the kernel for short turns on the processor, which come sooner: for a
 * program that somebody waits for at each key. Its children have usual ones. In
 * vain before Linux 6.12. */
void process_answers(void);

#endif
