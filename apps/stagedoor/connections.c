#include "apps/stagedoor/connections.h"
#include "apps/stagedoor/complain.h"
#include "common/base/text.h"

enum { PASSWORD_MAX = 200 };

static void end_db(void *db)
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
	arena_defer(a, end_db, db);
	db_use(db, a);
	return db;
}

static void end_bus(void *bus)
{
	bus_free(bus);
}

err broker_bus(struct arena *a, const struct config *config, const char *user, struct bus **ret_bus)
{
	const char *path = arena_printf(a, "%s/amqp-%s", config->secrets_dir, user);
	struct bus_settings *s = arena_alloc(a, sizeof *s);
	char *secret;

	if (text_read_file(a, path, PASSWORD_MAX, &secret) != OK) {
		complain("the password of the broker's user stagedoor_%s cannot be read from %s", user, path);
		return ERR_NOT_FOUND;
	}
	*s = (struct bus_settings){config->amqp_host, config->amqp_vhost,
				   arena_printf(a, "stagedoor_%s", user), secret, (int)config->amqp_port};
	*ret_bus = bus_new(s);
	arena_defer(a, end_bus, *ret_bus);
	return OK;
}
