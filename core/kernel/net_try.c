/* Lets a packet into this host as if it came by a link, and traces it. */
#include "config.h"

#include "core/kernel/net_try.h"

#include "core/kernel/net_inject.h"

#define TRACE_MS 500 /* a bound: the last packet ends it in a few */

static int
send_trial(struct injector *in, const struct trial *t, struct err *e)
{
	uint8_t frame[TRIAL_FRAME_MAX];

	return injector_send(
	    in, frame, trial_write(t, injector_mac(in), frame), e);
}

int
net_try(struct net *net, const struct link *link, struct trial *t,
    struct trace *out, struct err *e)
{
	struct trial last = *t;
	struct tracer *tracer = NULL;
	struct injector *in;
	int r = -1;

	trial_mint(t);
	trial_mint(&last);
	in = injector_open(net, link->index, e);
	if (in == NULL)
		goto out;
	tracer = tracer_open(link, t, &last, e);
	if (tracer == NULL || send_trial(in, t, e) != 0 ||
	    send_trial(in, &last, e) != 0)
		goto out;
	r = tracer_read(tracer, TRACE_MS, out, e);
out:
	tracer_stop(tracer);
	injector_close(in);
	tracer_close(tracer);
	return r;
}

int
net_await(const struct link *link, unsigned ms, struct trial *t,
    struct trace *out, struct err *e)
{
	struct tracer *tracer = tracer_wait(link, t, e);
	int r;

	if (tracer == NULL)
		return -1;
	r = tracer_read(tracer, ms, out, e);
	if (r == 0 && out->seen)
		tracer_met(tracer, t);
	tracer_stop(tracer);
	tracer_close(tracer);
	return r;
}
