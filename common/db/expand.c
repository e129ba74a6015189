/*
 * SQL with names becomes SQL with question marks. The text is read once from left to right: quoted text is
 * copied, :name becomes a question mark that remembers its field, and braces become a list of fields.
 * Comments are text like any other, because the server executes some of them. Of several faults the first is
 * reported; a statement with a fault must not reach the server.
 */
#include "common/db/expand.h"
#include "common/base/buf.h"
#include "common/base/text.h"
#include <ctype.h>
#include <string.h>

struct expansion {
	const struct query *query;
	const char *at;
	struct buf sql;
	struct expanded *to;
	const char *wrong; /* NULL: nothing so far */
};

static void expansion_wrong(struct expansion *x, const char *what, size_t len, const char *why)
{
	if (x->wrong == NULL)
		x->wrong = arena_printf(x->sql.arena, "\"%.*s\" %s", (int)len, what, why);
}

static size_t word_length(const char *s)
{
	size_t len = 0;

	while (isalnum((unsigned char)s[len]) || s[len] == '_')
		len++;
	return len;
}

static void add_value(struct expansion *x, const struct field *f)
{
	BUG_IF(x->to->count == EXPAND_VALUES_MAX);
	x->to->values[x->to->count++] = f;
	buf_putc(&x->sql, '?');
}

static const struct field *field_named(const struct record *r, const char *name, size_t len)
{
	for (size_t i = 0; i < r->count; i++)
		if (strlen(r->fields[i].name) == len && memcmp(r->fields[i].name, name, len) == 0)
			return &r->fields[i];
	return NULL;
}

/* :name */
static void expand_value(struct expansion *x)
{
	const char *name = x->at + 1;
	size_t len = word_length(name);
	const struct field *f = field_named(x->query->in(), name, len);

	x->at = name + len;
	if (f == NULL)
		expansion_wrong(x, name, len, "is no value of the query");
	else
		add_value(x, f);
}

/* Is the name among the words that braces leave out? These have passed check_left_out. */
static bool is_left_out(const char *words, size_t len, const char *name)
{
	for (const char *end = words + len; words < end; words += strspn(words, " ")) {
		size_t word = word_length(words);

		if (word == strlen(name) && memcmp(words, name, word) == 0)
			return true;
		words += word;
	}
	return false;
}

static bool check_left_out(struct expansion *x, const struct record *r, const char *words, size_t len)
{
	for (const char *end = words + len; words < end; words += strspn(words, " ")) {
		size_t word = word_length(words);

		if (word == 0 || field_named(r, words, word) == NULL) {
			expansion_wrong(x, words, word == 0 ? 1 : word, "is left out, and is no field");
			return false;
		}
		words += word;
	}
	return true;
}

enum form { COLUMNS, NAMES, VALUES, SET, FORMS };
static const char *const forms[FORMS] = {"columns", "names", "values", "set"};

static void put_field(struct expansion *x, enum form form, const struct field *f)
{
	if (form != VALUES)
		buf_puts(&x->sql, f->name);
	if (form == SET)
		buf_puts(&x->sql, " = ");
	if (form == VALUES || form == SET)
		add_value(x, f);
}

/* words: "a b" of {… but a b} */
static void put_fields(struct expansion *x, enum form form, const char *words, size_t len)
{
	const struct record *r = form == COLUMNS ? x->query->out() : x->query->in();
	bool first = true;

	if (!check_left_out(x, r, words, len))
		return;
	for (size_t i = 0; i < r->count; i++) {
		if (is_left_out(words, len, r->fields[i].name))
			continue;
		if (!first)
			buf_puts(&x->sql, ", ");
		first = false;
		put_field(x, form, &r->fields[i]);
	}
}

/* {columns}, {set but id version} */
static void expand_braces(struct expansion *x)
{
	static const char but[] = " but ";
	const char *begin = x->at + 1, *end = strchr(begin, '}');
	size_t word = word_length(begin);

	if (end == NULL) {
		expansion_wrong(x, x->at, 1, "is not closed");
		x->at += strlen(x->at);
		return;
	}
	x->at = end + 1;
	for (enum form form = 0; form < FORMS; form++) {
		const char *words = begin + word;

		if (strlen(forms[form]) != word || memcmp(begin, forms[form], word) != 0)
			continue;
		if (words == end)
			put_fields(x, form, words, 0);
		else if (text_starts(words, but))
			put_fields(x, form, words + sizeof but - 1, (size_t)(end - words) - (sizeof but - 1));
		else
			break;
		return;
	}
	expansion_wrong(x, begin - 1, (size_t)(end - begin) + 2, "means nothing");
}

static void copy_quoted(struct expansion *x)
{
	const char *end = strchr(x->at + 1, *x->at);

	if (end == NULL) {
		expansion_wrong(x, x->at, 1, "is not closed");
		end = x->at + strlen(x->at) - 1;
	}
	buf_add(&x->sql, x->at, (size_t)(end - x->at) + 1);
	x->at = end + 1;
}

static void expand_next(struct expansion *x)
{
	switch (*x->at) {
	case '\'':
	case '"':
		copy_quoted(x);
		break;
	case '{':
		expand_braces(x);
		break;
	case '?':
		expansion_wrong(x, x->at, 1, "has no name: write :name");
		x->at++;
		break;
	case ':':
		if (word_length(x->at + 1) > 0) {
			expand_value(x);
			break;
		}
		/* fall through */
	default:
		buf_putc(&x->sql, *x->at++);
	}
}

static void check_used(struct expansion *x)
{
	const struct record *in = x->query->in();

	for (size_t i = 0; i < in->count; i++) {
		size_t n = 0;

		while (n < x->to->count && x->to->values[n] != &in->fields[i])
			n++;
		if (n == x->to->count)
			expansion_wrong(x, in->fields[i].name, strlen(in->fields[i].name), "is not used");
	}
}

err expand(struct arena *a, const struct query *q, struct expanded *ret_expanded, const char **ret_wrong)
{
	struct expanded expanded = {.count = 0};
	struct expansion x = {.query = q, .at = q->sql, .sql = BUF(a), .to = &expanded};

	while (*x.at != '\0')
		expand_next(&x);
	check_used(&x);
	if (x.wrong != NULL) {
		*ret_wrong = x.wrong;
		return ERR_BUG;
	}
	expanded.sql = buf_text(&x.sql);
	*ret_expanded = expanded;
	return OK;
}
