#include "apps/stagedoor/topology.h"
#include "apps/stagedoor/definitions.h"
#include "apps/stagedoor/topology_check.h"
#include <stdio.h>

int topology_definitions(const struct config *config)
{
	struct arena *a = arena_new();
	struct json_t *all;
	int rc = 1;

	if (topology_json(a, config, &all) == OK && puts(json_text(a, all)) >= 0 && fflush(stdout) == 0)
		rc = 0;
	arena_free(a);
	return rc;
}

int topology_apply(const struct config *config)
{
	struct arena *a = arena_new();
	err e = topology_lock(config);

	if (e == OK)
		e = topology_load(a, config);
	arena_free(a);
	return e != OK ? 1 : topology_check(config);
}
