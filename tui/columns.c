/* The columns of a table, and how they share its width. */
#include "config.h"

#include "tui/columns.h"

#include "core/base/intl.h"
#include "core/base/util.h"

static int
least(const struct column *c, int want)
{
	int min = c->min > 0 ? c->min : (int)text_width(_(c->head));

	if (c->hidden)
		return 0;
	return min < want ? min : want;
}

/* The width of all columns, with the gaps. */
static int
total(const int *width, size_t n, int gap)
{
	size_t i;
	int sum = 0;

	for (i = 0; i < n; i++)
		if (width[i] > 0)
			sum += width[i] + (sum > 0 ? gap : 0);
	return sum;
}

/* Drops the column of the highest rank, the last of equals; false when only
 * those of rank 0 are left. */
static bool
drop(const struct column *c, size_t n, int *width)
{
	size_t i, worst = 0;
	int rank = 0;

	for (i = 0; i < n; i++) {
		if (width[i] > 0 && c[i].rank > 0 && c[i].rank >= rank) {
			rank = c[i].rank;
			worst = i;
		}
	}
	if (rank == 0)
		return false;
	width[worst] = 0;
	return true;
}

/* Where not even the columns of rank 0 fit, the last ones give way. */
static void
squeeze(size_t n, int w, int gap, int *width)
{
	int over;

	while (n-- > 0 && (over = total(width, n + 1, gap) - w) > 0)
		width[n] = width[n] > over ? width[n] - over : 0;
}

/* The most important columns get what they want first. */
static void
grow(const struct column *c, size_t n, const int *want, int room, int *width)
{
	int rank, more;
	size_t i;

	for (rank = 0; room > 0 && rank < 100; rank++) {
		for (i = 0; i < n && room > 0; i++) {
			if (c[i].rank != rank || width[i] == 0)
				continue;
			more = want[i] - width[i];
			more = more < room ? more : room;
			width[i] += more;
			room -= more;
		}
	}
}

static void
stretch(const struct column *c, size_t n, int room, int *width)
{
	int nflex = 0, share;
	size_t i;

	for (i = 0; i < n; i++)
		nflex += c[i].flex && width[i] > 0;
	for (i = 0; i < n && nflex > 0; i++) {
		if (!c[i].flex || width[i] == 0)
			continue;
		share = room / nflex--;
		width[i] += share;
		room -= share;
	}
}

int
columns_fit(
    const struct column *c, size_t n, const int *want, int w, int *width)
{
	int gap = 2;
	size_t i;

	if (total(want, n, gap) > w)
		gap = 1;
	for (i = 0; i < n; i++)
		width[i] = least(&c[i], want[i]);
	while (total(width, n, gap) > w && drop(c, n, width))
		continue;
	squeeze(n, w, gap, width);
	grow(c, n, want, w - total(width, n, gap), width);
	stretch(c, n, w - total(width, n, gap), width);
	return gap;
}
