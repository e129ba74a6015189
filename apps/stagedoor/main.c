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
} commands[] = {
    {"migrate", NULL, "bring the databases up to the schema in sql/", migrate},
    {"status", NULL, "what is up, what is behind, what is wrong; exit status 1 when something is", status},
    {"topology", "definitions", "print the broker's definitions: exchanges, queues, bindings, users, rights",
     topology_definitions},
    {"topology", "check", "compare the running broker with them", topology_check},
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

static const struct command *find(int argc, char **argv)
{
	const char *name = argc > 1 ? argv[1] : NULL, *verb = argc > 2 ? argv[2] : NULL;

	for (size_t i = 0; i < COMMANDS; i++)
		if (argc <= 3 && text_same(commands[i].name, name) && text_same(commands[i].verb, verb))
			return &commands[i];
	return NULL;
}

static int run(struct arena *a, const struct command *c)
{
	struct config config;
	const char *problem;

	if (config_load(a, environ, CONFIG_OPERATOR | CONFIG_HOLD, &config, &problem) != OK)
		return complain("%s", problem);
	return c->run(&config);
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
	rc = run(a, c);
	arena_free(a);
	return rc;
}
