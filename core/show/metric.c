/* Lines of metrics. */
#include "config.h"

#include "core/show/metric.h"

#include <string.h>

void
metric_label(struct buf *labels, const char *name, const char *value)
{
	struct buf safe = { 0 };
	const char *s;

	buf_escape(&safe, value, strlen(value));
	buf_printf(labels, "%s%s=\"", labels->len > 0 ? "," : "", name);
	for (s = buf_text(&safe); *s != '\0'; s++) {
		if (*s == '\\' || *s == '"')
			buf_add(labels, "\\");
		buf_add_n(labels, s, 1);
	}
	buf_add(labels, "\"");
	buf_free(&safe);
}

void
metric_sample(struct buf *b, const struct metric *m, const struct buf *labels,
    uint64_t value)
{
	buf_add(b, m->name);
	if (labels->len > 0)
		buf_printf(b, "{%s}", buf_text(labels));
	buf_add(b, " ");
	buf_add_number(b, value);
	buf_add(b, "\n");
}

void
metric_family(struct buf *b, const struct metric *m, const char *samples)
{
	if (samples[0] != '\0')
		buf_printf(b, "# HELP %s %s\n# TYPE %s %s\n%s", m->name,
		    m->help, m->name, m->type, samples);
}
