#include "apps/stagedoor/stagedoor.h"
#include "common/base/clock.h"
#include "common/base/log.h"
#include "common/base/text.h"
#include "common/base/version.h"
#include <stdarg.h>
#include <stdio.h>
#include <unistd.h>

enum {
	USAGE = 2,
	OPERANDS_MAX = 1000000,
	DEAD_CHOICE = OPTION_BIT(queue) | OPTION_BIT(type) | OPTION_BIT(reason) | OPTION_BIT(since),
};

/* A command is its name, or its name and a verb; behind them stand operands and options. */
static const struct command {
	const char *name, *verb; /* verb NULL: none */
	const char *operands;    /* what they are called; NULL: it takes none */
	size_t least, most;      /* how many of them */
	unsigned options;        /* OPTION_BITs */
	const char *sentence;
	int (*run)(const struct config *config);
	/* instead of run, for one that takes operands or options */
	int (*run_with)(const struct config *config, const struct options *options);
} commands[] = {
    {"migrate", .sentence = "bring the databases up to the schema in sql/", .run = migrate},
    {"status", .sentence = "what is up, what is behind, what is wrong; exit status 1 when something is",
     .run = status},
    {"order", NULL, "REFERENCE", 1, 1,
     .sentence = "where an order and its payment stand; 7K4-2QX is what its buyer was told",
     .run_with = order},
    {"dead", "list", .options = DEAD_CHOICE | OPTION_BIT(json),
     .sentence = "messages that could not be handled, and why", .run_with = dead_list},
    {"dead", "show", "ID", 1, 1, OPTION_BIT(json), "one of them with its body", .run_with = dead_show},
    {"dead", "retry", "ID…", 0, OPERANDS_MAX,
     DEAD_CHOICE | OPTION_BIT(all) | OPTION_BIT(rate) | OPTION_BIT(json),
     "send some, or all that are chosen, to where they were", .run_with = dead_retry},
    {"dead", "drop", "ID…", 1, OPERANDS_MAX, OPTION_BIT(json), "delete them for good", .run_with = dead_drop},
    {"audit",
     .sentence = "look through all databases and queues for what must never be; exit status 1 when it is",
     .run = audit},
    {"audit", "quiet", .sentence = "the same when nothing is on its way: nothing is given time to arrive",
     .run = audit_quiet},
    {"replay", .sentence = "publish the events of the last day again: for a broker that has lost what it had",
     .run = replay},
    {"replay", "all",
     .sentence = "publish every event that is kept again: after databases were restored from a backup",
     .run = replay_all},
    {"integrator", "add", "NAME", 1, 1,
     .sentence = "give an outsider an account at the broker and a queue for public events",
     .run_with = integrator_add},
    {"integrator", "list", .sentence = "who has one, and what waits for them", .run = integrator_list},
    {"integrator", "remove", "NAME", 1, 1, .sentence = "take both away", .run_with = integrator_remove},
    {"topology", "definitions",
     .sentence = "print the broker's definitions: exchanges, queues, policies, bindings, users, rights",
     .run = topology_definitions},
    {"topology", "apply", .sentence = "bring a running broker up to them; what it has beside them stays",
     .run = topology_apply},
    {"topology", "check", .sentence = "compare the running broker with them", .run = topology_check},
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
	struct arena *a = arena_new();

	fputs("usage: stagedoor COMMAND\n\n", out);
	for (size_t i = 0; i < COMMANDS; i++) {
		const struct command *c = &commands[i];

		fprintf(out, "  %-11s%-13s%s\n", c->name,
			c->verb != NULL       ? c->verb
			: c->operands != NULL ? c->operands
					      : "",
			c->sentence);
		if (c->verb != NULL && c->operands != NULL)
			fprintf(out, "%26s%s%s%s\n", "", c->operands, c->options == 0 ? "" : " ",
				options_usage(a, c->options));
		else if (c->options != 0)
			fprintf(out, "%26s%s\n", "", options_usage(a, c->options));
	}
	fprintf(out, "  %-24s%s\n", "help", "this list");
	fprintf(out, "  %-24s%s\n", "--version", "the version of this program");
	fputs("\nSettings come from the environment (etc/stagedoor.env); they are described in "
	      "docs/OPERATIONS.md.\n",
	      out);
	arena_free(a);
}

/* One with a verb comes before one without: "audit quiet" is no audit of something called quiet. */
static const struct command *find(const char *name, const char *word)
{
	const struct command *found = NULL;

	for (size_t i = 0; i < COMMANDS && name != NULL; i++) {
		const struct command *c = &commands[i];

		if (text_same(c->name, name) && c->verb != NULL && text_same(c->verb, word))
			return c;
		if (text_same(c->name, name) && c->verb == NULL)
			found = c;
	}
	return found;
}

static int misused(const struct command *c, const char *problem)
{
	complain("%s%s%s: %s", c->name, c->verb == NULL ? "" : " ", c->verb == NULL ? "" : c->verb, problem);
	return USAGE;
}

static const char *miscounted(struct arena *a, const struct command *c, size_t count)
{
	if (count > c->most)
		return c->operands == NULL ? "it takes no further words"
					   : arena_printf(a, "it takes no more than %s", c->operands);
	return count < c->least ? arena_printf(a, "say of what: %s", c->operands) : NULL;
}

static int run(struct arena *a, const struct command *c, const char *const *words)
{
	struct options options;
	struct config config;
	const char *problem;

	if (options_read(a, c->options, (when){clock_now()}, words, &options, &problem) != OK)
		return misused(c, problem);
	if ((problem = miscounted(a, c, options.count)) != NULL)
		return misused(c, problem);
	if (config_load(a, environ, CONFIG_OPERATOR | CONFIG_HOLD, &config, &problem) != OK)
		return complain("%s", problem);
	return c->run_with != NULL ? c->run_with(&config, &options) : c->run(&config);
}

int main(int argc, char **argv)
{
	const struct command *c = find(argv[1], argc > 1 ? argv[2] : NULL);
	struct arena *a;
	int rc;

	if (argc == 2 && text_same(argv[1], "help")) {
		print_usage(stdout);
		return 0;
	}
	if (argc == 2 && text_same(argv[1], "--version")) {
		puts("stagedoor " STAGEDOOR_VERSION);
		return 0;
	}
	if (c == NULL) {
		print_usage(stderr);
		return USAGE;
	}
	log_program("stagedoor");
	a = arena_new();
	rc = run(a, c, (const char *const *)argv + (c->verb == NULL ? 2 : 3));
	arena_free(a);
	return rc;
}
