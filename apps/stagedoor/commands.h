#ifndef STAGEDOOR_COMMAND_COMMANDS_H
#define STAGEDOOR_COMMAND_COMMANDS_H

#include "apps/stagedoor/options.h"
#include "common/base/config.h"
#include <stdio.h>

/* A command is its name, or its name and a verb; operands and options follow. */
struct command {
	const char *name, *verb; /* verb NULL: none */
	const char *operands;    /* what they are called; NULL: it takes none */
	size_t least, most;      /* how many of them */
	unsigned options;        /* OPTION_BITs */
	const char *sentence;
	int (*run)(const struct config *config);
	/* instead of run, for one that takes operands or options */
	int (*run_with)(const struct config *config, const struct options *options);
};

/*
 * The command of these words, NULL when there is none. One with a verb comes before one without: "audit
 * quiet" is no audit of something called quiet.
 */
const struct command *command_find(const char *name, const char *word);

/* Prints the list of all commands. */
void commands_usage(FILE *out);

#endif
