#include "common/app/roles.h"
#include "common/base/err.h"
#include <stdlib.h>

struct db *role_db(const struct config *config)
{
	static struct db_settings settings;

	settings = (struct db_settings){config->db_socket, config->db_name, config->db_user, config->db_password, config->wake};
	return db_new(&settings);
}

struct bus *role_bus(const struct config *config)
{
	static struct bus_settings settings;

	settings = (struct bus_settings){
	    config->amqp_host, config->amqp_vhost, config->amqp_user, config->amqp_password, (int)config->amqp_port};
	return bus_new(&settings);
}
