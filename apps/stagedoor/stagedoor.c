#include "apps/stagedoor/commands.h"
#include "apps/stagedoor/complain.h"
#include "common/base/clock.h"
#include "common/base/log.h"
#include "common/base/text.h"
#include "common/base/version.h"
#include <stdio.h>
#include <unistd.h>

enum { USAGE = 2 };

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

static int command_run(struct arena *a, const struct command *c, const char *const *words)
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
	const struct command *c = command_find(argv[1], argc > 1 ? argv[2] : NULL);
	struct arena *a;
	int rc;

	if (argc == 2 && text_same(argv[1], "help")) {
		commands_usage(stdout);
		return 0;
	}
	if (argc == 2 && text_same(argv[1], "--version")) {
		puts("stagedoor " STAGEDOOR_VERSION);
		return 0;
	}
	if (c == NULL) {
		commands_usage(stderr);
		return USAGE;
	}
	log_program("stagedoor");
	a = arena_new();
	rc = command_run(a, c, (const char *const *)argv + (c->verb == NULL ? 2 : 3));
	arena_free(a);
	return rc;
}
