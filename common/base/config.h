#ifndef STAGEDOOR_BASE_CONFIG_H
#define STAGEDOOR_BASE_CONFIG_H

#include "common/base/arena.h"
#include "common/base/err.h"
#include <stdbool.h>
#include <stdint.h>

/* Groups of settings that a program has; see settings.def. */
enum config_group {
	CONFIG_CORE = 1 << 0,
	CONFIG_WEB = 1 << 1,
	CONFIG_DB = 1 << 2,
	CONFIG_BUS = 1 << 3,
	CONFIG_HOLD = 1 << 4,
	CONFIG_SIGNING = 1 << 5,
	CONFIG_PROVIDER = 1 << 6,
	CONFIG_OPERATOR = 1 << 7,
	CONFIG_EVENTS = 1 << 8,
	/* what the operator's command needs of a service's settings, and no more */
	CONFIG_DB_LOGIN = CONFIG_DB | CONFIG_OPERATOR,
	CONFIG_BUS_PLACE = CONFIG_BUS | CONFIG_OPERATOR,
};

#define CONFIG_TYPE_TEXT      const char *
#define CONFIG_TYPE_FILE_TEXT const char *
#define CONFIG_TYPE_NUMBER    int64_t
#define CONFIG_TYPE_SWITCH    bool

/* One field a setting; those of groups that were not asked for hold their default, or nothing. */
struct config {
#define SETTING(group, type, field, name, fallback) CONFIG_TYPE_##type field;
#include "common/base/settings.def"
#undef SETTING
};

/*
 * Reads the environment into the arena, which lives as long as the program. On failure *ret_problem is one
 * sentence for the operator that names the setting; never a secret's value. ERR_INVALID.
 */
err config_load(struct arena *a, char **environment, unsigned groups, struct config *ret_config,
		const char **ret_problem) NODISCARD;

#endif
