#include "apps/stagedoor/options.h"
#include "common/base/buf.h"
#include "common/base/clock.h"
#include "common/base/text.h"

enum { RATE_MAX = 1000000, DIGITS_MAX = 9 };

enum option_type { TYPE_FLAG, TYPE_TEXT, TYPE_MOMENT, TYPE_RATE };

static const struct option {
	const char *name;
	enum option_type type;
	const char *value;
	size_t offset; /* in struct options */
} list[] = {
#define OPTION(type, name, value) {#name, TYPE_##type, value, offsetof(struct options, name)},
#include "apps/stagedoor/options.def"
#undef OPTION
};

enum { OPTIONS = sizeof list / sizeof *list };

static err read_text(const char *text, when now, void *ret_value)
{
	(void)now;
	if (!kind_fits(&kind_property_text, &text))
		return ERR_INVALID;
	*(const char **)ret_value = text;
	return OK;
}

static const struct {
	const char *name;
	int64_t seconds;
} units[] = {{"s", 1}, {"min", 60}, {"m", 60}, {"h", 3600}, {"d", 86400}};

/* "90s", "30min", "1h", "2d" */
static err read_span(const char *text, int64_t *ret_us)
{
	size_t digits = strspn(text, "0123456789");
	char number[DIGITS_MAX + 1];
	int64_t n;
	err e;

	if (digits > DIGITS_MAX)
		return ERR_INVALID;
	memcpy(number, text, digits);
	number[digits] = '\0';
	if ((e = text_number(number, INT64_C(999999999), &n)) != OK)
		return e;
	for (size_t i = 0; i < sizeof units / sizeof *units; i++)
		if (text_same(units[i].name, text + digits)) {
			if (n > INT64_MAX / SECOND / units[i].seconds)
				return ERR_INVALID;
			*ret_us = n * units[i].seconds * SECOND;
			return OK;
		}
	return ERR_INVALID;
}

static err read_moment(const char *text, when now, void *ret_value)
{
	when moment;
	int64_t us;

	if (read_span(text, &us) == OK)
		moment.v = now.v > us ? now.v - us : 1;
	else if (when_parse(text, &moment) != OK)
		return ERR_INVALID;
	*(when *)ret_value = moment;
	return OK;
}

static err read_rate(const char *text, when now, void *ret_value)
{
	size_t digits = strspn(text, "0123456789");
	char number[DIGITS_MAX + 1];
	int64_t n;

	(void)now;
	if (digits > DIGITS_MAX || !(text[digits] == '\0' || text_same(text + digits, "/s")))
		return ERR_INVALID;
	memcpy(number, text, digits);
	number[digits] = '\0';
	if (text_number(number, RATE_MAX, &n) != OK || n == 0)
		return ERR_INVALID;
	*(int64_t *)ret_value = n;
	return OK;
}

static const struct {
	err (*read)(const char *text, when now, void *ret_value);
	const char *wants;
} types[] = {
    [TYPE_TEXT] = {read_text, "a text of one line, at most 300 characters"},
    [TYPE_MOMENT] = {read_moment, "a time such as 2026-12-03T19:30:00Z, or how long ago: 90s, 30min, 1h, 2d"},
    [TYPE_RATE] = {read_rate, "how many a second, from 1 to 1000000, such as 100/s"},
};

struct reading {
	struct arena *arena;
	unsigned allowed, given;
	when now;
	struct options options;
	const char **operands;
	const char *problem;
};

static err wrong(struct reading *r, const char *problem)
{
	r->problem = problem;
	return ERR_INVALID;
}

/* "queue" of "--queue" and "--queue=orders.dead". */
static size_t find(const char *word)
{
	size_t len = strcspn(word, "=");

	for (size_t i = 0; i < OPTIONS; i++)
		if (strlen(list[i].name) == len && strncmp(list[i].name, word, len) == 0)
			return i;
	return OPTIONS;
}

static err read_value(struct reading *r, const struct option *o, const char *text)
{
	if (text == NULL)
		return wrong(r,
			     arena_printf(r->arena, "--%s needs a value: %s", o->name, types[o->type].wants));
	if (types[o->type].read(text, r->now, (char *)&r->options + o->offset) != OK)
		return wrong(r, arena_printf(r->arena, "--%s takes %s", o->name, types[o->type].wants));
	return OK;
}

/* One option; *argv is moved past the value when that is a separate word. */
static err read_option(struct reading *r, const char *const **argv)
{
	const char *word = **argv + 2, *value = strchr(word, '=');
	size_t i = find(word);

	if (i == OPTIONS || (r->allowed & 1U << i) == 0)
		return wrong(r, arena_printf(r->arena, "--%.*s is no option of this command",
					     (int)strcspn(word, "="), word));
	if (r->given & 1U << i)
		return wrong(r, arena_printf(r->arena, "--%s is given twice", list[i].name));
	r->given |= 1U << i;
	if (list[i].type == TYPE_FLAG) {
		*(bool *)((char *)&r->options + list[i].offset) = true;
		return value == NULL ? OK
				     : wrong(r, arena_printf(r->arena, "--%s takes no value", list[i].name));
	}
	if (value == NULL && (*argv)[1] != NULL)
		return read_value(r, &list[i], *++*argv);
	return read_value(r, &list[i], value == NULL ? NULL : value + 1);
}

static size_t length(const char *const *argv)
{
	size_t n = 0;

	while (argv[n] != NULL)
		n++;
	return n;
}

static err read_all(struct reading *r, const char *const *argv)
{
	bool ended = false;
	err e;

	for (; *argv != NULL; argv++) {
		if (ended || !text_starts(*argv, "--")) {
			r->operands[r->options.count++] = *argv;
			continue;
		}
		ended = text_same(*argv, "--");
		if (!ended && (e = read_option(r, &argv)) != OK)
			return e;
	}
	return OK;
}

err options_read(struct arena *a, unsigned allowed, when now, const char *const *argv,
		 struct options *ret_options, const char **ret_problem)
{
	struct reading r = {.arena = a, .allowed = allowed, .now = now};
	err e;

	r.operands = arena_array(a, length(argv) + 1, sizeof *r.operands);
	if ((e = read_all(&r, argv)) != OK) {
		*ret_problem = r.problem;
		return e;
	}
	r.options.operands = r.operands;
	*ret_options = r.options;
	return OK;
}

const char *options_usage(struct arena *a, unsigned allowed)
{
	struct buf text = BUF(a);

	for (size_t i = 0; i < OPTIONS; i++)
		if (allowed & 1U << i)
			buf_printf(&text, "%s[--%s%s%s]", text.len == 0 ? "" : " ", list[i].name,
				   list[i].value == NULL ? "" : " ",
				   list[i].value == NULL ? "" : list[i].value);
	return buf_text(&text);
}
