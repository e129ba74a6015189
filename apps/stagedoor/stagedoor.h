#ifndef STAGEDOOR_APPS_STAGEDOOR_H
#define STAGEDOOR_APPS_STAGEDOOR_H

#include "apps/stagedoor/options.h"
#include "common/base/config.h"
#include "common/bus/bus.h"
#include "common/db/common.h"
#include "common/schema/services.h"

#define RECORD_LIST "apps/stagedoor/records.def"
#include "common/schema/declare_records.h"
#define QUERY_LIST "apps/stagedoor/queries.def"
#define QUERY_SET  stagedoor
#include "common/db/declare_queries.h"

/*
 * The operator's command. Each function does one command, prints what a person wants to know on standard
 * output, what is wrong on standard error, and returns the exit status: 0, or 1 when something is wrong.
 */
int migrate(const struct config *config);
int status(const struct config *config);
int audit(const struct config *config); /* a system that people use: what has just changed is left out */
int audit_quiet(const struct config *config); /* one where nothing is on its way */
int replay(const struct config *config);
int replay_all(const struct config *config);
int topology_definitions(const struct config *config);
int topology_check(const struct config *config);
int topology_apply(const struct config *config);

/* What is known of the orders with the reference that is the operand ("7K4-2QX"), and of their payments. */
int order(const struct config *config, const struct options *options);

/*
 * Dead letters: the rows of the table dead_letter in every service's database. list shows those that the
 * options choose; show one with its body; retry sends the operands, or with --all those chosen that nobody
 * has decided on, to the queue that each was in; drop deletes the operands.
 */
int dead_list(const struct config *config, const struct options *options);
int dead_show(const struct config *config, const struct options *options);
int dead_retry(const struct config *config, const struct options *options);
int dead_drop(const struct config *config, const struct options *options);
/* The operand is the integrator's name. */
int integrator_add(const struct config *config, const struct options *options);
int integrator_remove(const struct config *config, const struct options *options);
int integrator_list(const struct config *config);

struct topology;
struct json_t;

/* What must be at the broker with these settings. */
void topology_of(struct arena *a, const struct config *config, struct topology *ret_topology);

/* The same as the definitions that RabbitMQ loads. ERR_NOT_FOUND when a password cannot be read: it is said.
 */
err topology_json(struct arena *a, const struct config *config, struct json_t **ret_definitions) NODISCARD;

/* Writes them to the file that the broker loads when it starts; topology_load also tells the running broker.
 * What fails is said. */
err topology_keep(struct arena *a, const struct config *config) NODISCARD;
err topology_load(struct arena *a, const struct config *config) NODISCARD;

/* For a command that changes definitions: waits until no other one does, so that none loads what another has
 * taken away. Held until the process ends. */
err topology_lock(const struct config *config) NODISCARD;

/* A password as RabbitMQ keeps it: salted. */
const char *broker_hash(struct arena *a, const char *password);

/* The names of the integrators that were added, in order; NULL ends them. */
const char *const *integrator_names(struct arena *a, const struct config *config);

/* A line for each queue of an integrator; nothing when there is none. Exit status. */
int integrators_show(struct arena *a, const struct config *config);

/* "stagedoor: …" and a newline on standard error. Returns 1. */
int complain(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* A connection to the service's database as the operator; goes, with what it found, when the arena does.
 * patience as in db_settings. */
struct db *service_db(struct arena *a, const struct config *config, const char *service, unsigned patience);

/* A connection to the broker as stagedoor_<user>, whose password is in SECRETS_DIR; goes when the arena does.
 * ERR_NOT_FOUND: the password cannot be read, which was complained of. */
err broker_bus(struct arena *a, const struct config *config, const char *user,
	       struct bus **ret_bus) NODISCARD;

/* "90 s", "5 min", "3 h", "2 d": not more exactly than people want to know. */
const char *span_text(struct arena *a, int64_t us);

/* One file of sql/common or sql/<service>, in the order in which they are applied. */
struct migration {
	const char *name; /* "orders/0001_orders.sql" */
	const char *sql, *checksum;
	int64_t
	    breaks; /* programs whose newest file of the folder has a lower number cannot work with it; 0: none */
	int64_t done; /* statements that have been executed, when it was begun and not finished */
	bool applied;
};

struct migration_plan {
	struct migration *list;
	size_t count, pending;
	size_t later; /* applied by a later version, which this one can work with */
};

/*
 * Compares the files with what schema_migrations says (nothing, when there is no such table). ERR_CONFLICT
 * with a sentence in *ret_problem when a file that was applied has changed or vanished, or a new one comes
 * before it; ERR_NOT_FOUND with one when files cannot be read; errors of the database as they are.
 */
err migration_plan(struct db *db, const struct config *config, const char *service,
		   struct migration_plan *ret_plan, const char **ret_problem) NODISCARD;

/*
 * The statements of a file: each ends with ";" at the end of a line; lines that begin with "--" are dropped.
 * ERR_MALFORMED when something is left after the last ";".
 */
err sql_split(struct arena *a, const char *sql, const char ***ret_statements, size_t *ret_count) NODISCARD;

#endif
