#include "apps/stagedoor/stagedoor.h"

const char *const services[] = {"auth", "tickets", "orders", "payments", NULL};

static void end(void *db)
{
	db_free(db);
}

struct db *service_db(struct arena *a, const struct config *config, const char *service, unsigned patience)
{
	struct db_settings *settings = arena_alloc(a, sizeof *settings);
	struct db *db;

	*settings = (struct db_settings){.socket = config->db_socket,
					 .name = arena_printf(a, "stagedoor_%s", service),
					 .user = config->db_user,
					 .password = config->db_password,
					 .patience = patience};
	db = db_new(settings);
	arena_defer(a, end, db);
	db_use(db, a);
	return db;
}
