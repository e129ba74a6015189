#include "apps/stagedoor/commands.h"
#include "apps/stagedoor/audit.h"
#include "apps/stagedoor/dead.h"
#include "apps/stagedoor/dead_retry.h"
#include "apps/stagedoor/drain.h"
#include "apps/stagedoor/integrator.h"
#include "apps/stagedoor/migrate.h"
#include "apps/stagedoor/order.h"
#include "apps/stagedoor/replay.h"
#include "apps/stagedoor/status.h"
#include "apps/stagedoor/topology.h"
#include "apps/stagedoor/topology_check.h"
#include "common/base/text.h"

enum {
	OPERANDS_MAX = 1000000,
	DEAD_CHOICE = OPTION_BIT(queue) | OPTION_BIT(type) | OPTION_BIT(reason) | OPTION_BIT(since),
};

static const struct command commands[] = {
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
    {"drain", .sentence = "wait until the events of before are published and handled: for an upgrade",
     .run = drain},
    {"replay", .sentence = "publish the events of the last day again: for a broker that has lost what it had",
     .run = replay},
    {"replay", "all",
     .sentence = "publish every event that is kept again: after databases were restored from a backup",
     .run = replay_all},
    {"integrator", "add", "NAME", 1, 1,
     .sentence = "give an integrator an account at the broker and a queue for public events",
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

void commands_usage(FILE *out)
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

const struct command *command_find(const char *name, const char *word)
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
