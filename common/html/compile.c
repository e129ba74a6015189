/*
 * htmlc: compiles HTML templates to C, one function a template; the language stands in html.h.
 *
 *   htmlc page.html > page.html.c          the functions
 *   htmlc --header a.html b.html > pages.h the prototypes of all of them, and what their lists of
 *                                          messages (a.def) make
 *
 * Line numbers of the template are kept (#line), so that the compiler's complaints point into it. A tag that
 * stands alone on its line takes the line's white space with it.
 */
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char *path;
static int line = 1;
static bool in_function;

static void fail(const char *why)
{
	fprintf(stderr, "%s:%d: %s\n", path, line, why);
	exit(1);
}

static char *read_all(void)
{
	FILE *f = fopen(path, "rb");
	size_t room = 1 << 20, n;
	char *text = malloc(room);

	if (f == NULL || text == NULL)
		fail("cannot be read");
	n = fread(text, 1, room, f);
	if (n == room)
		fail("is larger than 1 MiB");
	text[n] = '\0';
	fclose(f);
	return text;
}

static void count_lines(const char *from, const char *to)
{
	for (; from < to; from++)
		line += *from == '\n';
}

static bool is_blank(const char *from, const char *to)
{
	return strspn(from, " \t") >= (size_t)(to - from);
}

struct tag {
	char sort;               /* '!' function, '#' include, '>' call, '%' statement, '=' value */
	const char *start, *end; /* with the braces */
	const char *inner, *inner_end;
};

static bool find_tag(const char *s, struct tag *t)
{
	const char *open = strstr(s, "{{"), *statement = strstr(s, "{%"), *close;
	bool value = open != NULL && (statement == NULL || open < statement);

	t->start = value ? open : statement;
	if (t->start == NULL)
		return false;
	close = strstr(t->start + 2, value ? "}}" : "%}");
	if (close == NULL) {
		count_lines(s, t->start);
		fail("a tag is not closed");
	}
	t->inner = t->start + 2;
	t->sort = '%';
	if (value)
		t->sort = strchr("!#>", *t->inner) != NULL ? *t->inner++ : '=';
	while (*t->inner == ' ' && t->inner < close)
		t->inner++;
	t->inner_end = close;
	while (t->inner_end > t->inner && t->inner_end[-1] == ' ')
		t->inner_end--;
	t->end = close + 2;
	return true;
}

/* Widens the tag to its whole line when nothing else stands there and it writes nothing by itself. */
static const char *alone_on_line(const char *text, struct tag *t)
{
	const char *from = t->start, *to = t->end;

	if (t->sort == '=')
		return t->start;
	while (from > text && from[-1] != '\n')
		from--;
	to += strspn(to, " \t");
	if (!is_blank(from, t->start) || (*to != '\n' && *to != '\0'))
		return t->start;
	t->end = *to == '\n' ? to + 1 : to;
	return from;
}

static void put_text(const char *from, const char *to)
{
	if (from >= to)
		return;
	if (!in_function) {
		if (!is_blank(from, to) && strspn(from, " \t\n") < (size_t)(to - from))
			fail("text before the first {{! function() }}");
		return;
	}
	printf("\thtml_put_markup(h, (markup){\"");
	for (; from < to; from++) {
		if (*from == '\n' && from + 1 < to)
			printf("\\n\"\n\t    \"");
		else if (*from == '\n')
			printf("\\n");
		else if (*from == '"' || *from == '\\')
			printf("\\%c", *from);
		else
			putchar(*from);
	}
	printf("\"});\n");
}

/* "page_x(a, b)" with the writer as first argument or parameter. */
static void put_call(const struct tag *t, const char *writer)
{
	const char *open = memchr(t->inner, '(', (size_t)(t->inner_end - t->inner));
	const char *rest = open == NULL ? NULL : open + 1 + strspn(open + 1, " \n");

	if (open == NULL)
		fail("a name and (…) must stand here");
	printf("%.*s(%s%s%.*s", (int)(open - t->inner), t->inner, writer, *rest == ')' ? "" : ", ",
	       (int)(t->inner_end - rest), rest);
}

static void close_function(void)
{
	if (in_function)
		printf("}\n\n");
	in_function = false;
}

static void put_tag(const struct tag *t)
{
	if (t->sort == '#') {
		printf("%.*s\n", (int)(t->inner_end - t->inner), t->inner);
		return;
	}
	if (t->sort == '!') {
		close_function();
		printf("void ");
		put_call(t, "struct html *h");
		printf("\n{\n");
		in_function = true;
		return;
	}
	if (!in_function)
		fail("a tag before the first {{! function() }}");
	printf("#line %d \"%s\"\n", line, path);
	if (t->sort == '>') {
		printf("\t");
		put_call(t, "h");
		printf(";\n");
	} else if (t->sort == '%') {
		printf("\t%.*s\n", (int)(t->inner_end - t->inner), t->inner);
	} else {
		printf("\thtml_put(h, (%.*s));\n", (int)(t->inner_end - t->inner), t->inner);
	}
}

static void compile(void)
{
	char *text = read_all(), *at = text;
	const char *folder = strstr(path, "/pages/");
	struct tag t;

	if (folder == NULL)
		fail("a template must stand in a folder named pages");
	printf("/* made from %s by htmlc */\n#include \"common/html/pages.h\"\n", path);
	printf("#include \"%.*s/pages.h\"\n", (int)(folder - path), path);
	while (find_tag(at, &t)) {
		const char *before = alone_on_line(text, &t);

		put_text(at, before < at ? at : before);
		count_lines(at, t.start);
		put_tag(&t);
		count_lines(t.start, t.end);
		at = (char *)(size_t)t.end;
	}
	put_text(at, at + strlen(at));
	close_function();
	free(text);
}

/* The list of messages beside the page, page.def beside page.html, is declared before it. */
static void declare_messages(void)
{
	size_t stem = strlen(path) - strlen(".html");
	char list[4096];
	FILE *f;

	snprintf(list, sizeof list, "%.*s.def", (int)stem, path);
	if ((f = fopen(list, "r")) == NULL)
		return;
	fclose(f);
	printf("#define MESSAGE_LIST \"%s\"\n#include \"common/html/declare_messages.h\"\n", list);
}

static void declare(void)
{
	char *text = read_all();
	const char *at = text;
	struct tag t;

	line = 1;
	declare_messages();
	while (find_tag(at, &t)) {
		count_lines(at, t.end);
		if (t.sort == '#') {
			printf("%.*s\n", (int)(t.inner_end - t.inner), t.inner);
		} else if (t.sort == '!') {
			printf("void ");
			put_call(&t, "struct html *h");
			printf(";\n");
		}
		at = t.end;
	}
	free(text);
}

int main(int argc, char **argv)
{
	if (argc == 2) {
		path = argv[1];
		compile();
		return fflush(stdout) != 0;
	}
	if (argc < 3 || strcmp(argv[1], "--header") != 0) {
		fprintf(stderr, "usage: htmlc page.html | htmlc --header page.html …\n");
		return 2;
	}
	printf("/* made by htmlc */\n#pragma once\n#include \"common/html/html.h\"\n");
	for (int i = 2; i < argc; i++) {
		path = argv[i];
		declare();
	}
	return fflush(stdout) != 0;
}
