#include "common/app/roles.h"
#include "common/base/err.h"
#include <stdlib.h>

struct db *role_db(const struct config *config)
{
	const struct db_settings settings = {.socket = config->db_socket,
					     .name = config->db_name,
					     .user = config->db_user,
					     .password = config->db_password,
					     .wake = config->wake};

	return db_new(&settings);
}

struct bus *role_bus(const struct config *config)
{
	const struct bus_settings settings = {config->amqp_host, config->amqp_vhost, config->amqp_user,
					      config->amqp_password, (int)config->amqp_port};

	return bus_new(&settings);
}
