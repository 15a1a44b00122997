/* The key decoder. A terminal sends a key as a UTF-8 character or as an escape
 * sequence (CSI, SS3, or ESC and a character for Alt), and a slow line splits
 * both anywhere. So bytes collect until they make a key:
 *   spell_out    turns a C1 control into its 7-bit form, ESC and a letter
 *   key_length   finds where the first key ends: 0 while it is incomplete
 *   key_named    gives its code
 *   give_up      takes an incomplete key for what it is, after a timeout
 *
 * A lone ESC is either the Esc key or the start of a sequence. After ESC_MS it
 * is reported as the Esc key and noted as late; when the rest of a sequence
 * comes after all, rejoin puts the ESC back in front, so that the rest is not
 * taken for typed letters.
 *
 * Control strings, replies to the queries of other programs, and sequences that
 * have no key here are passed over to their end as K_UNKNOWN. Sequences that
 * terminfo has for this terminal (learned) go before the tables. */
#include "config.h"

#include "tui/keys.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/util.h"

#define ESC '\033'

/* How long a lone ESC, and a sequence that has begun, wait for more bytes. */
#define ESC_MS 25
#define REST_MS 1000
/* What may have begun one after an Esc that was reported waits for less, since
 * it is rather a key: a line brings the rest of a sequence in one piece. */
#define LATE_MS 250
/* While the terminal may answer a question, a lone ESC rather begins that. */
#define ANSWER_ESC_MS 250

/* The final byte after "ESC [" (CSI) and after "ESC O" (SS3); ECMA-48, 8.3; DEC
 * VT220. */
static const struct {
	char final;
	int csi, ss3;
} finals[] = {
	{ 'A', K_UP, K_UP },
	{ 'B', K_DOWN, K_DOWN },
	{ 'C', K_RIGHT, K_RIGHT },
	{ 'D', K_LEFT, K_LEFT },
	{ 'F', K_END, K_END },
	{ 'H', K_HOME, K_HOME },
	{ 'M', K_UNKNOWN, K_ENTER },
	{ 'P', K_DELETE, K_F(1) },
	{ 'Q', K_UNKNOWN, K_F(2) },
	{ 'R', K_UNKNOWN, K_F(3) },
	{ 'S', K_UNKNOWN, K_F(4) },
	{ 'Z', K_BACK_TAB, K_UNKNOWN },
};

/* The control strings of ECMA-48, 5.6: DCS, SOS, OSC, PM, APC. They come as
 * late replies to another program. After an Esc that was reported, next tells a
 * reply from typed keys: the characters that may follow the introducer; NULL:
 * any. */
static const struct {
	char introducer;
	const char *next;
} strings[] = {
	{ 'P', "0123456789:;<=>?!$+" },
	{ 'X', NULL },
	{ ']', "0123456789lLI" },
	{ '^', NULL },
	{ '_', NULL },
};

/* The number in "ESC [ number ~". */
static const struct {
	int number;
	int key;
} numbers[] = {
	{ 1, K_HOME },
	{ 2, K_INSERT },
	{ 3, K_DELETE },
	{ 4, K_END },
	{ 5, K_PAGE_UP },
	{ 6, K_PAGE_DOWN },
	{ 7, K_HOME },
	{ 8, K_END },
	{ 11, K_F(1) },
	{ 12, K_F(2) },
	{ 13, K_F(3) },
	{ 14, K_F(4) },
	{ 15, K_F(5) },
	{ 17, K_F(6) },
	{ 18, K_F(7) },
	{ 19, K_F(8) },
	{ 20, K_F(9) },
	{ 21, K_F(10) },
	{ 23, K_F(11) },
	{ 24, K_F(12) },
	{ 200, K_PASTE },
	{ 201, K_PASTE_END },
};

void
keys_learn(struct keys *k, const char *bytes, int key)
{
	if (k->nlearned == KEYS_LEARNED || bytes == NULL || bytes[0] != ESC ||
	    strlen(bytes) < 2 || strlen(bytes) >= sizeof(k->learned->bytes))
		return;
	strcpy(k->learned[k->nlearned].bytes, bytes);
	k->learned[k->nlearned++].key = key;
}

void
keys_expect(struct keys *k, uint64_t until)
{
	k->answer_by = until;
}

/* The length of the key at the start of s; 0 while it is incomplete. */

static size_t
csi_length(const char *s, size_t n)
{
	size_t i;

	if (n > 2 && s[2] == '[') /* function keys of the Linux console */
		return n > 3 ? 4 : 0;
	for (i = 2; i < n; i++)
		if (s[i] < 0x20 || s[i] > 0x3f)
			return s[i] >= 0x40 && s[i] < 0x7f ? i + 1 : i;
	return 0;
}

static size_t
utf8_length(const char *s, size_t n)
{
	const unsigned char c = (unsigned char)s[0];
	size_t want = c < 0xc2	 ? 1
		      : c < 0xe0 ? 2
		      : c < 0xf0 ? 3
		      : c < 0xf5 ? 4
				 : 1,
	       i;

	for (i = 1; i < want && i < n; i++)
		if ((s[i] & 0xc0) != 0x80)
			return i;
	return n < want ? 0 : want;
}

/* The row of strings with that introducer; NITEMS(strings) when there is none.
 */
static size_t
find_string(char introducer)
{
	size_t i;

	for (i = 0; i < NITEMS(strings); i++)
		if (strings[i].introducer == introducer)
			break;
	return i;
}

static bool
is_string(char introducer)
{
	return find_string(introducer) < NITEMS(strings);
}

/* A control string ends with BEL (xterm) or with ST: "ESC \", or 9c outside a
 * UTF-8 character. No reply holds another control character: one is a key that
 * was pressed, and the string ends before it. */
static size_t
string_length(const char *s, size_t n)
{
	size_t i, len;

	for (i = 2; i < n; i += len) {
		if (s[i] == '\a' || s[i] == '\x9c')
			return i + 1;
		if (s[i] == ESC)
			return i + 1 == n ? 0 : s[i + 1] == '\\' ? i + 2 : i;
		if ((unsigned char)s[i] < 0x20)
			return i;
		len = utf8_length(s + i, n - i);
		if (len == 0)
			return 0;
		if (len == 2 && s[i] == '\xc2' && s[i + 1] == '\x9c')
			return i + 2;
	}
	return 0;
}

static size_t
esc_length(const char *s, size_t n)
{
	size_t rest;

	if (n < 2)
		return 0;
	switch (s[1]) {
	case ESC:
		return 1;
	case '[':
		return csi_length(s, n);
	case 'O':
		return n < 3 ? 0 : s[2] == ESC ? 2 : 3;
	default:
		if (is_string(s[1]))
			return string_length(s, n);
		rest = utf8_length(s + 1, n - 1);
		return rest > 0 ? rest + 1 : 0;
	}
}

/* The index of the learned sequence that the input starts with; nlearned when
 * there is none. *begun when the input is the start of one. */
static size_t
find_learned(const struct keys *k, bool *begun)
{
	size_t i, len;

	*begun = false;
	for (i = 0; i < k->nlearned; i++) {
		len = strlen(k->learned[i].bytes);
		if (memcmp(k->in, k->learned[i].bytes,
			k->n < len ? k->n : len) != 0)
			continue;
		if (k->n >= len)
			break;
		*begun = true;
	}
	return i;
}

static size_t
key_length(const struct keys *k)
{
	bool begun;
	size_t i = find_learned(k, &begun);

	if (i < k->nlearned)
		return strlen(k->learned[i].bytes);
	if (begun)
		return 0;
	return k->in[0] == ESC ? esc_length(k->in, k->n)
			       : utf8_length(k->in, k->n);
}

/* The code of a key of n bytes. */

/* "ESC [ < button ; column ; row M" (SGR), and m when the button is released.
 */
static int
mouse_key(const char *s)
{
	static const struct {
		unsigned button;
		int what;
	} buttons[] = { { 0, MOUSE_CLICK }, { 64, MOUSE_UP },
		{ 65, MOUSE_DOWN } };
	unsigned button, x, y;
	size_t i;
	char final;

	if (sscanf(s, "%u;%u;%u%c", &button, &x, &y, &final) != 4 ||
	    final != 'M' || x - 1 >= 0x800 || y - 1 >= 0x800)
		return K_UNKNOWN;
	for (i = 0; i < NITEMS(buttons); i++)
		if (buttons[i].button == button)
			return K_MOUSE(buttons[i].what, (int)y - 1, (int)x - 1);
	return K_UNKNOWN;
}

/* "ESC [ row ; column R" (CPR). In the first row it would be F3 with Shift, or
 * another of the keys of xterm that change it. */
static int
place_key(const char *s)
{
	unsigned y, x;
	char final, more;

	if (sscanf(s, "%u;%u%c%c", &y, &x, &final, &more) != 3 ||
	    final != 'R' || y < 2 || y > 0x800 || x - 1 >= 0x800)
		return K_UNKNOWN;
	return K_PLACE((int)y - 1, (int)x - 1);
}

static int
number_key(int number)
{
	size_t i;

	for (i = 0; i < NITEMS(numbers); i++)
		if (numbers[i].number == number)
			return numbers[i].key;
	return K_UNKNOWN;
}

static int
csi_key(const char *s)
{
	char *end;
	long number;
	size_t i;

	if (s[0] == '<')
		return mouse_key(s + 1);
	if (s[0] == '[')
		return s[1] >= 'A' && s[1] <= 'E' ? K_F(1 + s[1] - 'A')
						  : K_UNKNOWN;
	number = strtol(s, &end, 10);
	if (end != s)
		return strcmp(end, "~") == 0 ? number_key((int)number)
					     : place_key(s);
	for (i = 0; i < NITEMS(finals); i++)
		if (s[0] == finals[i].final)
			return finals[i].csi;
	return K_UNKNOWN;
}

static int
ss3_key(const char *s)
{
	size_t i;

	for (i = 0; i < NITEMS(finals); i++)
		if (s[0] == finals[i].final)
			return finals[i].ss3;
	return K_UNKNOWN;
}

static int
typed_key(const char *s, size_t n)
{
	uint32_t cp;

	if (utf8_decode(s, n, &cp) != n)
		return K_UNKNOWN;
	switch (cp) {
	case 0:
		return K_UNKNOWN;
	case '\n':
		return K_ENTER;
	case K_CTRL('h'):
		return K_BACKSPACE;
	default:
		return (int)cp;
	}
}

static int
alt_key(const char *s, size_t n)
{
	int key = typed_key(s, n);

	return key == K_UNKNOWN ? K_UNKNOWN : K_ALT(key);
}

static int
sequence_key(const char *s, size_t n)
{
	switch (s[1]) {
	case '[':
		return csi_key(s + 2);
	case 'O':
		return ss3_key(s + 2);
	default:
		return is_string(s[1]) ? K_UNKNOWN : alt_key(s + 1, n - 1);
	}
}

static int
key_named(const struct keys *k, size_t n)
{
	char s[sizeof(k->in) + 1];
	bool begun;
	size_t i = find_learned(k, &begun);

	if (i < k->nlearned)
		return k->learned[i].key;
	memcpy(s, k->in, n);
	s[n] = '\0';
	return n > 1 && s[0] == ESC ? sequence_key(s, n) : typed_key(s, n);
}

/* Bytes in, keys out */

static void
drop(struct keys *k, size_t n)
{
	memmove(k->in, k->in + n, k->n - n);
	k->n -= n;
}

size_t
keys_room(const struct keys *k)
{
	size_t most = sizeof(k->in) - 1;
	size_t held = k->n + (k->late && k->n == 0); /* for rejoin */

	return held < most ? most - held : 0;
}

/* Bytes after an Esc that was reported belong to its sequence when they look
 * like one. */
static void
rejoin(struct keys *k, char c, uint64_t now)
{
	if (!k->late || k->n > 0)
		return;
	k->late =
	    (c == '[' || c == 'O' || is_string(c)) && now - k->at < REST_MS;
	if (k->late)
		k->in[k->n++] = ESC;
}

void
keys_feed(struct keys *k, const char *bytes, size_t n, uint64_t now)
{
	if (n == 0)
		return;
	rejoin(k, bytes[0], now);
	memcpy(k->in + k->n, bytes, n);
	k->n += n;
	k->at = now;
}

static bool
is_esc(const struct keys *k)
{
	return k->n == 1 && k->in[0] == ESC;
}

/* In a paste ESC is mostly part of the text. */
static unsigned
timeout_ms(const struct keys *k)
{
	if (!is_esc(k) || k->pasting)
		return k->late && k->n == 2 ? LATE_MS : REST_MS;
	return k->at < k->answer_by ? ANSWER_ESC_MS : ESC_MS;
}

/* Nothing more has come: takes the bytes for the key that they are. */
static int
give_up(struct keys *k)
{
	bool esc = is_esc(k);
	int key = esc ? K_ESC : K_UNKNOWN;

	if (k->n == 2 && k->late)
		key = k->in[1];
	else if (k->n == 2 && k->in[0] == ESC && is_string(k->in[1]))
		key = K_ALT(k->in[1]);

	if (esc && k->pasting) { /* the end was lost; the Esc comes next */
		k->pasting = false;
		return K_PASTE_END;
	}
	k->late = esc;
	k->n = 0;
	return key;
}

/* No key is as long as the buffer. Keeps the introducer of the sequence and its
 * last character, perhaps incomplete: enough to pass over all of it. */
static void
shorten(struct keys *k)
{
	size_t last = 1;

	if (keys_room(k) > 0)
		return;
	while (last < 4 && (k->in[k->n - last] & 0xc0) == 0x80)
		last++;
	memmove(k->in + 2, k->in + k->n - last, last);
	k->n = 2 + last;
}

/* The C1 controls that introduce a sequence: SS3, DCS, SOS, CSI, OSC, PM, APC.
 */
static bool
is_c1(char c)
{
	static const unsigned char known[] = { 0x8f, 0x90, 0x98, 0x9b, 0x9d,
		0x9e, 0x9f };

	return memchr(known, (unsigned char)c, sizeof(known)) != NULL;
}

/* A C1 control, of 8 bits or encoded in UTF-8, becomes ESC and a letter. In a
 * paste it is text. */
static void
spell_out(struct keys *k)
{
	size_t wide = k->in[0] == '\xc2' && k->n > 1;

	if (k->n == 0 || k->pasting || !is_c1(k->in[wide]))
		return;
	k->in[wide] = (char)(k->in[wide] - 0x40);
	memmove(k->in + 1, k->in + wide, k->n - wide);
	k->in[0] = ESC;
	k->n += 1 - wide;
}

/* Whether the bytes after an Esc that was reported are keys after all, and not
 * the rest of a control string. */
static bool
was_typed(const struct keys *k)
{
	const char *next;

	if (!k->late || k->n < 3 || !is_string(k->in[1]))
		return false;
	next = strings[find_string(k->in[1])].next;
	return (unsigned char)k->in[2] < 0x20 ||
	       (next != NULL && strchr(next, k->in[2]) == NULL);
}

int
keys_next(struct keys *k, uint64_t now)
{
	size_t len;
	int key;

	spell_out(k);
	len = was_typed(k) ? 2 : k->n > 0 ? key_length(k) : 0;
	if (len == 0) {
		if (k->n > 0 && now - k->at >= timeout_ms(k))
			return give_up(k);
		shorten(k);
		return K_NONE;
	}
	key = was_typed(k) ? k->in[1] : key_named(k, len);
	if (k->late && key == K_UNKNOWN && k->in[1] == 'O') {
		key = 'O'; /* typed after all */
		len = 2;
	}
	k->late = false;
	drop(k, len);
	if (key == K_PASTE || key == K_PASTE_END)
		k->pasting = key == K_PASTE;
	if (KEY_IS_PLACE(key))
		k->answer_by = 0;
	return key;
}

int
keys_wait(const struct keys *k, uint64_t now)
{
	uint64_t end = k->at + timeout_ms(k);

	if (k->n == 0)
		return -1;
	return key_length(k) > 0 || end <= now ? 0 : (int)(end - now);
}

void
keys_reset(struct keys *k)
{
	k->n = 0;
	k->late = false;
	k->pasting = false;
}
