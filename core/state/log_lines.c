/* The lines of the journal and of syslogd. */
#include "config.h"

#include "core/state/log_lines.h"

#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "core/base/util.h"

#define TAG "seki"
#define DAY 86400

void
logbook_free(struct logbook *b)
{
	size_t i;

	for (i = 0; i < b->n; i++)
		free(b->v[i].text);
	free(b->v);
	*b = (struct logbook){ 0 };
}

/* Words of levels, the second of two is what some syslogd write. */
static const struct {
	const char *word;
	int level;
} levels[] = {
	{ "emerg", 0 },
	{ "alert", 1 },
	{ "crit", 2 },
	{ "err", 3 },
	{ "warning", 4 },
	{ "notice", 5 },
	{ "info", 6 },
	{ "debug", 7 },
	{ "panic", 0 },
	{ "error", 3 },
	{ "warn", 4 },
};

const char *
log_lines_level(int level)
{
	return level >= 0 && level <= 7 ? levels[level].word : NULL;
}

/* The journal: numbers are strings (systemd.journal-fields(7), and the journal
 * export and JSON formats). */

static long long
number_of(const json_t *line, const char *field, long long otherwise)
{
	const char *text = json_string_value(json_object_get(line, field));
	char *end;
	long long n;

	if (text == NULL || *text == '\0')
		return otherwise;
	n = strtoll(text, &end, 10);
	return *end == '\0' ? n : otherwise;
}

/* A message that is not UTF-8 is an array of bytes, one that is too long is
 * null, and one of several fields an array of these. */
static bool
add_message(const json_t *message, struct buf *b)
{
	const char *text = json_string_value(message);
	size_t i;
	char byte;

	if (text != NULL)
		buf_add_n(b, text, json_string_length(message));
	for (i = 0; i < json_array_size(message); i++) {
		if (!json_is_integer(json_array_get(message, i)))
			return false;
		byte = (char)json_integer_value(json_array_get(message, i));
		buf_add_n(b, &byte, 1);
	}
	return b->len > 0;
}

bool
log_lines_journal(const char *line, struct log_entry *to)
{
	json_t *j = json_loads(line, JSON_ALLOW_NUL, NULL);
	struct buf message = { 0 }, text = { 0 };
	long long us = number_of(j, "__REALTIME_TIMESTAMP", -1);
	const char *tag =
	    json_string_value(json_object_get(j, "SYSLOG_IDENTIFIER"));
	bool is = us >= 0 && number_of(j, "_UID", -1) == 0 && tag != NULL &&
		  strcmp(tag, TAG) == 0 &&
		  add_message(json_object_get(j, "MESSAGE"), &message);

	if (is) {
		buf_escape(&text, message.s, message.len);
		*to = (struct log_entry){ .when = us / 1000000,
			.level = (int)number_of(j, "PRIORITY", -1),
			.text = buf_take(&text) };
	}
	buf_free(&message);
	json_decref(j);
	return is;
}

/* The files of syslogd */

/* Cuts off a word and the blanks behind it; its length, 0 at the end. */
static size_t
cut_word(const char **at, const char **word)
{
	size_t n;

	*word = *at;
	n = strcspn(*at, " ");
	*at += n;
	*at += strspn(*at, " ");
	return n;
}

/* "Nov 30 04:13:35 ", in local time; dates of which it cannot be told whether
 * they are of last year or of tomorrow are the latter for a day. */
static const char *
read_old_time(const char *line, int64_t now, int64_t *when)
{
	time_t t = (time_t)now;
	struct tm tm, read = { 0 };
	const char *end = strptime(line, "%b %d %H:%M:%S", &read);
	int back;

	if (end == NULL || *end != ' ' || localtime_r(&t, &tm) == NULL)
		return NULL;
	for (back = 0; back < 2; back++) {
		struct tm of_year = read;

		of_year.tm_year = tm.tm_year - back;
		of_year.tm_isdst = -1;
		*when = mktime(&of_year);
		if (*when <= now + DAY)
			break;
	}
	return end + 1;
}

/* "2026-11-30T04:13:35.963916+00:00 " */
static const char *
read_new_time(const char *line, int64_t *when)
{
	struct tm tm = { 0 };
	const char *end = strptime(line, "%Y-%m-%dT%H:%M:%S", &tm);
	int hours = 0, minutes = 0, n = 0;

	if (end == NULL)
		return NULL;
	if (*end == '.')
		end += 1 + strspn(end + 1, "0123456789");
	if (*end == 'Z')
		n = 1;
	else if (sscanf(end, "%*1[+-]%2d:%2d%n", &hours, &minutes, &n) != 2)
		return NULL;
	if (n == 0 || end[n] != ' ')
		return NULL;
	*when = timegm(&tm) -
		(*end == '-' ? -1 : 1) * (hours * 3600L + minutes * 60L);
	return end + n + 1;
}

/* "seki[123]:", or "seki:" without a process. */
static bool
is_tag(const char *word, size_t n)
{
	const size_t len = strlen(TAG);
	size_t digits;

	if (n <= len || strncmp(word, TAG, len) != 0)
		return false;
	if (n == len + 1)
		return word[len] == ':';
	digits = strspn(word + len + 1, "0123456789");
	return word[len] == '[' && digits > 0 && n == len + digits + 3 &&
	       word[n - 2] == ']' && word[n - 1] == ':';
}

/* "daemon.warn"; -1 if it is no such word. */
static int
level_of(const char *word, size_t n)
{
	const char *dot = memchr(word, '.', n);
	size_t i, len;

	if (dot == NULL)
		return -1;
	len = n - (size_t)(dot + 1 - word);
	for (i = 0; i < NITEMS(levels); i++)
		if (strlen(levels[i].word) == len &&
		    strncmp(levels[i].word, dot + 1, len) == 0)
			return levels[i].level;
	return -1;
}

/* Behind the time come the host, if it is written, the level, if it is, and
 * who logged it: " seki: " in the words of another is none of ours. */
bool
log_lines_syslog(const char *line, int64_t now, struct log_entry *to)
{
	struct log_entry entry = { .level = -1 };
	struct buf text = { 0 };
	const char *at = read_new_time(line, &entry.when), *word;
	size_t n;

	if (at == NULL)
		at = read_old_time(line, now, &entry.when);
	if (at == NULL)
		return false;
	n = cut_word(&at, &word);
	if (n > 0 && word[n - 1] != ':' && level_of(word, n) == -1)
		n = cut_word(&at, &word);
	if (n > 0 && level_of(word, n) != -1) {
		entry.level = level_of(word, n);
		n = cut_word(&at, &word);
	}
	if (!is_tag(word, n) || *at == '\0')
		return false;
	buf_escape(&text, at, strlen(at));
	entry.text = buf_take(&text);
	*to = entry;
	return true;
}
