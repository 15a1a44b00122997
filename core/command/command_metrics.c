/* Metrics for Prometheus: printed, written to a file, or as an answer of
 * HTTP. */
#include "config.h"

#include "core/command/command_parts.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include "core/base/file.h"
#include "core/base/intl.h"
#include "core/base/loop.h"
#include "core/show/metric.h"
#include "core/show/metrics.h"
#include "core/state/carried.h"

enum { METRICS_WRITE, METRICS_HTTP };

static const struct arg metrics_args[] = {
	[METRICS_WRITE] = { "--write", &type_file, ARG_KEYWORD,
	    N_("into a file, for the textfile collector of node_exporter") },
	[METRICS_HTTP] = { "--http", NULL, ARG_FLAG,
	    N_("as the answer to a request on standard input, a connection") },
};

static int
check_metrics(const struct row *row UNUSED, const struct value *v,
    struct err *e, size_t *blame)
{
	*blame = METRICS_HTTP;
	if (v[METRICS_WRITE].set && v[METRICS_HTTP].set)
		return err_set(
		    e, ERR_USAGE, "--write and --http exclude each other");
	return 0;
}

static int
measure(struct host *h, struct buf *text, struct err *e)
{
	if (h->blind) {
		err_set(e, ERR_FAIL, "only root can read the counters");
		return -1;
	}
	host_compare(h);
	host_count(h);
	host_look_behind(h);
	if (host_read_flows(h, e) != 0)
		return -1;
	metrics_text(h, text);
	carried_void(h);
	return 0;
}

/* ---- HTTP: RFC 9112, as little of it as a scrape takes */

#define REQUEST_MAX 8192
#define PATIENCE 5 /* seconds for a request, and for each piece of an answer */

/* Standard input has to be a connection, as inetd and systemd hand over: what
 * is written to it is not what a command prints. */
static int
take_connection(struct err *e)
{
	const struct timeval patience = { .tv_sec = PATIENCE };

	if (setsockopt(STDIN_FILENO, SOL_SOCKET, SO_RCVTIMEO, &patience,
		sizeof(patience)) == 0 &&
	    setsockopt(STDIN_FILENO, SOL_SOCKET, SO_SNDTIMEO, &patience,
		sizeof(patience)) == 0)
		return 0;
	err_sys(e, ERR_USAGE, "--http wants a connection as standard input");
	return err_hint(
	    e, "systemctl enable --now seki-metrics.socket gives it one");
}

static uint64_t
deadline(void)
{
	return now_ms() + PATIENCE * 1000;
}

/* Up to the blank line that ends its head. False when there is none in time,
 * however slowly more of it comes. */
static bool
read_request(char request[static REQUEST_MAX])
{
	uint64_t until = deadline();
	size_t len = 0;
	ssize_t n;

	while (
	    len < REQUEST_MAX - 1 && loop_wait_fd_until(STDIN_FILENO, until)) {
		n = recv(STDIN_FILENO, request + len, REQUEST_MAX - 1 - len, 0);
		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return false;
		len += (size_t)n;
		request[len] = '\0';
		if (strstr(request, "\r\n\r\n") != NULL)
			return true;
	}
	return false;
}

/* What is not read when a connection is closed resets it, and the answer is
 * lost. */
static void
drain(void)
{
	uint64_t until = deadline();
	char rest[REQUEST_MAX];

	shutdown(STDIN_FILENO, SHUT_WR);
	while (loop_wait_fd_until(STDIN_FILENO, until) &&
	       recv(STDIN_FILENO, rest, sizeof(rest), 0) > 0)
		;
}

static int
send_all(const struct buf *b, struct err *e)
{
	size_t sent = 0;
	ssize_t n;

	while (sent < b->len) {
		n = send(
		    STDIN_FILENO, b->s + sent, b->len - sent, MSG_NOSIGNAL);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return err_sys(e, ERR_FAIL,
			    "cannot answer the scrape of the metrics");
		sent += (size_t)n;
	}
	return 0;
}

static int
answer(const char *status, const char *body, bool only_head, struct err *e)
{
	struct buf b = { 0 };
	int r;

	buf_printf(&b,
	    "HTTP/1.1 %s\r\nContent-Type: %s\r\nContent-Length: %zu\r\n"
	    "Connection: close\r\n\r\n%s",
	    status, METRIC_CONTENT_TYPE, strlen(body), only_head ? "" : body);
	r = send_all(&b, e);
	drain();
	buf_free(&b);
	return r;
}

/* Whether the target is that path, whatever its query. */
static bool
asks_for(const char *target, const char *path)
{
	size_t len = strlen(path);

	return strncmp(target, path, len) == 0 &&
	       (target[len] == ' ' || target[len] == '?');
}

static int
answer_metrics(struct host *h, bool only_head, struct err *e)
{
	struct buf text = { 0 };
	struct err ignored;
	int r = measure(h, &text, e);

	if (r == 0)
		r = answer("200 OK", buf_text(&text), only_head, e);
	else
		answer("500 Internal Server Error", "see journalctl\n",
		    only_head, &ignored);
	buf_free(&text);
	return r;
}

static int
serve(struct host *h, struct err *e)
{
	char request[REQUEST_MAX] = "";
	bool head;

	if (take_connection(e) != 0)
		return -1;
	if (!read_request(request))
		return answer(
		    "400 Bad Request", "no whole request\n", false, e);
	head = has_prefix(request, "HEAD ");
	if (!head && !has_prefix(request, "GET "))
		return answer(
		    "405 Method Not Allowed", "GET or HEAD\n", false, e);
	if (!asks_for(strchr(request, ' ') + 1, "/metrics"))
		return answer("404 Not Found", "only /metrics\n", head, e);
	return answer_metrics(h, head, e);
}

static int
run_metrics(struct host *h, const struct value *v, struct statement *st UNUSED,
    struct buf *out, struct buf *notes UNUSED, struct err *e)
{
	struct buf text = { 0 };
	int r;

	if (v[METRICS_HTTP].set)
		return serve(h, e);
	r = measure(h, &text, e);
	if (r == 0 && v[METRICS_WRITE].set)
		r = file_replace(
		    v[METRICS_WRITE].text, buf_text(&text), text.len, 0644, e);
	else if (r == 0)
		buf_add(out, buf_text(&text));
	buf_free(&text);
	return r != 0 ? r : command_saved(h, e);
}

const struct command command_metrics = {
	.row = { .name = "metrics",
	    .help = N_("what there is to tell to Prometheus"),
	    ARGS(metrics_args),
	    .check = check_metrics },
	.slow = true,
	.looks = true,
	.partial = true,
	.run = run_metrics,
};
