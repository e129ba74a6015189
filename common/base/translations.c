/*
 * Looks for texts that miss a language. Lists of texts differ in form (MESSAGE, TEXTS in a row of another
 * list, DECLINE), so this program reads them all as the compiler does, and is run before anything else is
 * compiled: without it an additional language would be an error in each row, in each file that includes the
 * list.
 *
 *   translations check      silent when nothing is missing; else one line for each list, in the compiler's
 *                           form, status 1
 *   translations table      how many texts each list has, and how many are missing in each language
 *   translations list TAG   each text that is missing in that language, with the text of the first language
 *
 * Run in the root of the source: the pages that nginx answers errors with are files, one for each language.
 */
#include "common/base/messages.h"
#include <glob.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { TEXTS_MAX = 12 }; /* in one row: more languages than that make the compiler complain */

struct text {
	const char *list;
	int line;
	const char *name;
	size_t count;
	const char *in[TEXTS_MAX];
};

#define COUNTED(...)                                                                                         \
	sizeof((const char *[]){__VA_ARGS__}) / sizeof(char *),                                              \
	{                                                                                                    \
		__VA_ARGS__                                                                                  \
	}
#define ROW(name, ...) {TEXT_LIST, __LINE__, name, __VA_ARGS__},
#undef TEXTS
#define TEXTS(...)                           COUNTED(__VA_ARGS__)
#define MESSAGE(name, ...)                   ROW(#name, COUNTED(__VA_ARGS__))
#define MESSAGE1(name, t0, ...)              ROW(#name, COUNTED(__VA_ARGS__))
#define MESSAGE2(name, t0, t1, ...)          ROW(#name, COUNTED(__VA_ARGS__))
#define MESSAGE3(name, t0, t1, t2, ...)      ROW(#name, COUNTED(__VA_ARGS__))
#define MESSAGE4(name, t0, t1, t2, t3, ...)  ROW(#name, COUNTED(__VA_ARGS__))
#define PLURAL(name, ...)                    ROW(#name, COUNTED(__VA_ARGS__))
#define PLURAL1(name, t1, ...)               ROW(#name, COUNTED(__VA_ARGS__))
#define DECLINE(name, ...)                   ROW(name, COUNTED(__VA_ARGS__))
#define ERROR(name, status, title, sentence) ROW(#name, title) ROW(#name ", sentence", sentence)
#define INNER(name, text)
#define ID(name, wrong)                     ROW(#name, wrong)
#define INTEGER(name, min, max, wrong)      ROW(#name, wrong)
#define TIME(name, wrong)                   ROW(#name, wrong)
#define STRING(name, rule, min, max, wrong) ROW(#name, wrong)
#define SWITCH(name, wrong)                 ROW(#name, wrong)
static const struct text texts[] = {
#include "common/base/text_lists.h"
};

static const char *const tags[LANGUAGES] = {
#define LANGUAGE(name, tag) tag,
#include "common/base/languages.def"
#undef LANGUAGE
};

static const struct {
	enum language language;
} regions[] = {
#define LOCALE(language, tag) {LANGUAGE_##language},
#include "common/base/locales.def"
#undef LOCALE
};

enum { TEXTS_COUNT = sizeof texts / sizeof *texts, REGIONS = sizeof regions / sizeof *regions };

#define PAGES        "nginx/errors"
#define PAGES_CHOICE "nginx/site.conf.in"

/* A list: its rows stand together. */
static size_t end_of_list(size_t begin)
{
	size_t end = begin;

	while (end < TEXTS_COUNT && strcmp(texts[end].list, texts[begin].list) == 0)
		end++;
	return end;
}

static bool misses(const struct text *t, int language)
{
	return (size_t)language >= t->count || t->in[language] == NULL || *t->in[language] == '\0';
}

static int missing_in(size_t begin, size_t end, int language)
{
	int missing = 0;

	for (size_t i = begin; i < end; i++)
		missing += misses(&texts[i], language);
	return missing;
}

/*
 * The pages of nginx in the first language, which all others must have too. Ends the program when it cannot
 * read them.
 */
static glob_t pages(void)
{
	char pattern[128];
	glob_t found;

	snprintf(pattern, sizeof pattern, PAGES "/*.%s.html", tags[0]);
	if (glob(pattern, 0, NULL, &found) != 0) {
		fprintf(stderr, "translations: no " PAGES "/*.%s.html: run it in the root of the source\n",
			tags[0]);
		exit(2);
	}
	return found;
}

/* The path of a page of the first language in another. Static storage. */
static const char *page_in(const char *path, int language)
{
	static char other[256];
	size_t stem = strlen(path) - strlen(tags[0]) - strlen(".html");

	snprintf(other, sizeof other, "%.*s%s.html", (int)stem, path, tags[language]);
	return other;
}

static bool is_file(const char *path)
{
	FILE *f = fopen(path, "r");

	if (f != NULL)
		fclose(f);
	return f != NULL;
}

static int pages_missing_in(int language, const char **ret_first)
{
	static char first[256];
	glob_t all = pages();
	int missing = 0;

	for (size_t i = 0; i < all.gl_pathc; i++)
		if (!is_file(page_in(all.gl_pathv[i], language)) && missing++ == 0)
			snprintf(first, sizeof first, "%s", page_in(all.gl_pathv[i], language));
	globfree(&all);
	*ret_first = first;
	return missing;
}

/* Does nginx ever choose the pages of that language? */
static bool pages_are_chosen(int language)
{
	char line[1024], choice[64];
	FILE *f = fopen(PAGES_CHOICE, "r");
	bool found = false;

	snprintf(choice, sizeof choice, " %s.html;", tags[language]);
	while (f != NULL && !found && fgets(line, sizeof line, f) != NULL)
		found = strstr(line, choice) != NULL;
	if (f != NULL)
		fclose(f);
	return found;
}

static bool has_region(int language)
{
	for (size_t i = 0; i < REGIONS; i++)
		if (regions[i].language == (enum language)language)
			return true;
	return false;
}

/* One line for a list however many of its texts miss a language. */
static int check_list(size_t begin, size_t end)
{
	const struct text *first = NULL;
	int missing = 0, language = 0;

	for (int l = LANGUAGES - 1; l >= 0; l--)
		for (size_t i = end; i-- > begin;)
			if (misses(&texts[i], l)) {
				first = &texts[i];
				language = l;
				missing++;
			}
	for (size_t i = begin; i < end; i++)
		if (texts[i].count > LANGUAGES) {
			fprintf(stderr, "%s:%d: error: %s has more texts than there are languages\n",
				texts[i].list, texts[i].line, texts[i].name);
			return 1;
		}
	if (first == NULL)
		return 0;
	fprintf(stderr,
		"%s:%d: error: %s has no text in \"%s\"; missing in this list: %d (make translations)\n",
		first->list, first->line, first->name, tags[language], missing);
	return 1;
}

static int check_pages(void)
{
	for (int l = 0; l < LANGUAGES; l++) {
		const char *first;
		int missing = pages_missing_in(l, &first);

		if (missing > 0) {
			fprintf(stderr,
				"%s:1: error: no such page; missing in \"%s\": %d (make translations)\n",
				first, tags[l], missing);
			return 1;
		}
		if (!pages_are_chosen(l)) {
			fprintf(stderr, PAGES_CHOICE ":1: error: no map chooses %s.html\n", tags[l]);
			return 1;
		}
	}
	return 0;
}

static int check(void)
{
	int faults = 0;

	for (size_t begin = 0, end; begin < TEXTS_COUNT; begin = end) {
		end = end_of_list(begin);
		faults += check_list(begin, end);
	}
	for (int l = 0; l < LANGUAGES; l++)
		if (!has_region(l)) {
			fprintf(stderr, "common/base/locales.def:1: error: no region speaks \"%s\"\n",
				tags[l]);
			faults++;
		}
	return faults + check_pages() == 0 ? 0 : 1;
}

static void print_row(const char *name, size_t count, const int missing[LANGUAGES])
{
	printf("%-44s %5zu", name, count);
	for (int l = 0; l < LANGUAGES; l++)
		printf(" %6d", missing[l]);
	putchar('\n');
}

static int table(void)
{
	int missing[LANGUAGES], sums[LANGUAGES] = {0};
	glob_t all = pages();
	const char *first;

	printf("%-44s %5s", "missing in", "texts");
	for (int l = 0; l < LANGUAGES; l++)
		printf(" %6s", tags[l]);
	putchar('\n');
	for (size_t begin = 0, end; begin < TEXTS_COUNT; begin = end) {
		end = end_of_list(begin);
		for (int l = 0; l < LANGUAGES; l++)
			sums[l] += missing[l] = missing_in(begin, end, l);
		print_row(texts[begin].list, end - begin, missing);
	}
	for (int l = 0; l < LANGUAGES; l++)
		sums[l] += missing[l] = pages_missing_in(l, &first);
	print_row(PAGES, all.gl_pathc, missing);
	print_row("all", TEXTS_COUNT + all.gl_pathc, sums);
	globfree(&all);
	return 0;
}

static int list(const char *tag)
{
	int l = 0;
	glob_t all;

	while (l < LANGUAGES && strcmp(tags[l], tag) != 0)
		l++;
	if (l == LANGUAGES) {
		fprintf(stderr, "translations: \"%s\" is no language of common/base/languages.def\n", tag);
		return 2;
	}
	for (size_t i = 0; i < TEXTS_COUNT; i++)
		if (misses(&texts[i], l))
			printf("%s:%d: %s: %s\n", texts[i].list, texts[i].line, texts[i].name,
			       texts[i].in[0]);
	all = pages();
	for (size_t i = 0; i < all.gl_pathc; i++)
		if (!is_file(page_in(all.gl_pathv[i], l)))
			printf("%s\n", page_in(all.gl_pathv[i], l));
	globfree(&all);
	return 0;
}

int main(int argc, char **argv)
{
	if (argc == 2 && strcmp(argv[1], "check") == 0)
		return check();
	if (argc == 2 && strcmp(argv[1], "table") == 0)
		return table();
	if (argc == 3 && strcmp(argv[1], "list") == 0)
		return list(argv[2]);
	fprintf(stderr, "usage: translations check | table | list TAG\n");
	return 2;
}
