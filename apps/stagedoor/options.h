#ifndef STAGEDOOR_APPS_STAGEDOOR_OPTIONS_H
#define STAGEDOOR_APPS_STAGEDOOR_OPTIONS_H

#include "common/schema/kind.h"

#define OPTION_TYPE_FLAG   bool
#define OPTION_TYPE_TEXT   const char * /* NULL: not given */
#define OPTION_TYPE_MOMENT when         /* null: not given */
#define OPTION_TYPE_RATE   int64_t      /* a second; 0: not given */

/* What stands behind the words of a command. */
struct options {
#define OPTION(type, name, value) OPTION_TYPE_##type name;
#include "apps/stagedoor/options.def"
#undef OPTION
	const char *const *operands; /* what is no option, in order; NULL ends it */
	size_t count;                /* of the operands */
};

enum option_number {
#define OPTION(type, name, value) OPTION_NUMBER_##name,
#include "apps/stagedoor/options.def"
#undef OPTION
};

/* A set of options: OPTION_BIT(queue) | OPTION_BIT(json). */
#define OPTION_BIT(name) (1U << OPTION_NUMBER_##name)

/*
 * Reads argv (NULL ends it): "--name VALUE" or "--name=VALUE", a flag "--name", operands between them; words
 * after "--" are operands. `now` is what "1h" counts back from. ERR_INVALID: *ret_problem is a sentence that
 * says which option is wrong: not among `allowed`, given twice, without its value, or with one that does not
 * fit.
 */
err options_read(struct arena *a, unsigned allowed, when now, const char *const *argv,
		 struct options *ret_options, const char **ret_problem) NODISCARD;

/* "[--queue QUEUE] [--json]", for the usage; "" when none is allowed. */
const char *options_usage(struct arena *a, unsigned allowed);

#endif
