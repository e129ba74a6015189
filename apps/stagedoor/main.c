#include "apps/stagedoor/stagedoor.h"
#include "common/base/log.h"
#include "common/base/text.h"
#include <stdarg.h>
#include <stdio.h>
#include <unistd.h>

enum { USAGE = 2 };

static const struct command {
	const char *name, *verb; /* verb: the second word, or NULL */
	const char *sentence;
	int (*run)(const struct config *config);
	int (*run_with)(const struct config *config, const char *word); /* verb stands for any second word */
} commands[] = {
    {"migrate", NULL, "bring the databases up to the schema in sql/", migrate, NULL},
    {"status", NULL, "what is up, what is behind, what is wrong; exit status 1 when something is", status,
     NULL},
    {"order", "REFERENCE", "where an order and its payment stand; 7K4-2QX is what its buyer was told", NULL,
     order},
    {"audit", NULL, "look through all databases and queues for what must never be; exit status 1 when it is",
     audit, NULL},
    {"audit", "quiet", "the same when nothing is on its way: nothing is given time to arrive", audit_quiet,
     NULL},
    {"replay", NULL, "publish the events of the last day again: for a broker that has lost what it had",
     replay, NULL},
    {"replay", "all", "publish every event that is kept again: after databases were restored from a backup",
     replay_all, NULL},
    {"topology", "definitions", "print the broker's definitions: exchanges, queues, bindings, users, rights",
     topology_definitions, NULL},
    {"topology", "check", "compare the running broker with them", topology_check, NULL},
};

enum { COMMANDS = sizeof commands / sizeof *commands };

int complain(const char *format, ...)
{
	va_list ap;

	fputs("stagedoor: ", stderr);
	va_start(ap, format);
	vfprintf(stderr, format, ap);
	va_end(ap);
	fputc('\n', stderr);
	return 1;
}

static void print_usage(FILE *out)
{
	fputs("usage: stagedoor COMMAND\n\n", out);
	for (size_t i = 0; i < COMMANDS; i++)
		fprintf(out, "  %-9s%-13s%s\n", commands[i].name,
			commands[i].verb == NULL ? "" : commands[i].verb, commands[i].sentence);
	fprintf(out, "  %-22s%s\n", "help", "this list");
	fputs("\nSettings come from the environment (etc/stagedoor.env); they are described in "
	      "docs/OPERATIONS.md.\n",
	      out);
}

static bool fits(const struct command *c, const char *name, const char *word)
{
	return text_same(c->name, name) && (c->run_with != NULL ? word != NULL : text_same(c->verb, word));
}

static const struct command *find(int argc, char **argv)
{
	const char *name = argc > 1 ? argv[1] : NULL, *word = argc > 2 ? argv[2] : NULL;

	for (size_t i = 0; i < COMMANDS; i++)
		if (argc <= 3 && fits(&commands[i], name, word))
			return &commands[i];
	return NULL;
}

static int run(struct arena *a, const struct command *c, const char *word)
{
	struct config config;
	const char *problem;

	if (config_load(a, environ, CONFIG_OPERATOR | CONFIG_HOLD, &config, &problem) != OK)
		return complain("%s", problem);
	return c->run_with != NULL ? c->run_with(&config, word) : c->run(&config);
}

int main(int argc, char **argv)
{
	const struct command *c = find(argc, argv);
	struct arena *a;
	int rc;

	if (argc == 2 && text_same(argv[1], "help")) {
		print_usage(stdout);
		return 0;
	}
	if (c == NULL) {
		print_usage(stderr);
		return USAGE;
	}
	log_program("stagedoor");
	a = arena_new();
	rc = run(a, c, argc > 2 ? argv[2] : NULL);
	arena_free(a);
	return rc;
}
