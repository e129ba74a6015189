#include "apps/stagedoor/definitions.h"
#include "apps/stagedoor/complain.h"
#include "apps/stagedoor/integrator_files.h"
#include "apps/stagedoor/rabbitmqctl.h"
#include "common/base/random.h"
#include "common/base/text.h"
#include "common/schema/json.h"
#include "common/token/csrf.h"
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

/* The definitions that RabbitMQ loads when it starts: its HTTP API's format, without the password of anybody.
 */

enum { SALT = 4, SHA256 = 32, PASSWORD_MAX = 200 };

/* rabbit_password_hashing_sha256: base64(salt, SHA-256(salt, password)) */
const char *broker_hash(struct arena *a, const char *secret)
{
	size_t len = strlen(secret);
	uint8_t *salted = arena_alloc(a, SALT + len), hash[SALT + SHA256];

	random_bytes(salted, SALT);
	memcpy(salted + SALT, secret, len);
	memcpy(hash, salted, SALT);
	BUG_IF(text_unhex(sha256_hex(a, salted, SALT + len), hash + SALT, SHA256) != OK);
	return text_base64(a, hash, sizeof hash);
}

static struct json_t *object_in(struct arena *a, struct json_t *list)
{
	struct json_t *object = json_object_new(a);

	json_append(list, object);
	return object;
}

static struct json_t *object_in_vhost(struct arena *a, struct json_t *list)
{
	struct json_t *object = object_in(a, list);

	json_put_text(object, "vhost", topology_vhost);
	return object;
}

static struct json_t *list_in(struct arena *a, struct json_t *all, const char *key)
{
	struct json_t *list = json_array_new(a);

	json_put(all, key, list);
	return list;
}

static struct json_t *limits_of(struct arena *a, const struct topology_user *u)
{
	struct json_t *limits = json_object_new(a);

	if (u->connections > 0)
		json_put_number(limits, "max-connections", u->connections);
	if (u->channels > 0)
		json_put_number(limits, "max-channels", u->channels);
	return limits;
}

static err put_users(struct arena *a, struct json_t *all, const struct topology *t, const char *secrets)
{
	struct json_t *users = list_in(a, all, "users"), *user;
	char *secret;
	const char *path;

	for (const struct topology_user *u = t->users; u->name != NULL; u++) {
		path = arena_printf(a, "%s/%s", secrets, u->secret);
		if (text_read_file(a, path, PASSWORD_MAX, &secret) != OK || *secret == '\0') {
			complain("the password of the broker's user %s cannot be read from %s", u->name,
				 path);
			return ERR_NOT_FOUND;
		}
		user = object_in(a, users);
		json_put_text(user, "name", u->name);
		json_put_text(user, "password_hash", u->hashed ? secret : broker_hash(a, secret));
		json_put_text(user, "hashing_algorithm", "rabbit_password_hashing_sha256");
		json_put(user, "tags", json_array_new(a));
		json_put(user, "limits", limits_of(a, u));
	}
	return OK;
}

static void put_rights(struct arena *a, struct json_t *all, const struct topology *t)
{
	struct json_t *rights = list_in(a, all, "permissions"), *keys = list_in(a, all, "topic_permissions"),
		      *o;

	for (const struct topology_user *u = t->users; u->name != NULL; u++) {
		o = object_in_vhost(a, rights);
		json_put_text(o, "user", u->name);
		json_put_text(o, "configure", u->configure);
		json_put_text(o, "write", u->write);
		json_put_text(o, "read", u->read);
	}
	for (const struct topology_keys *k = t->keys; k->user != NULL; k++) {
		o = object_in_vhost(a, keys);
		json_put_text(o, "user", k->user);
		json_put_text(o, "exchange", k->exchange);
		json_put_text(o, "write", k->write);
		json_put_text(o, "read", k->read);
	}
}

static void put_exchanges(struct arena *a, struct json_t *all, const struct topology *t)
{
	struct json_t *list = list_in(a, all, "exchanges"), *o;

	for (const struct topology_exchange *x = t->exchanges; x->name != NULL; x++) {
		o = object_in_vhost(a, list);
		json_put_text(o, "name", x->name);
		json_put_text(o, "type", x->type);
		json_put_flag(o, "durable", true);
		json_put_flag(o, "auto_delete", false);
		json_put_flag(o, "internal", false);
		json_put(o, "arguments", json_object_new(a));
	}
}

static struct json_t *json_of_arguments(struct arena *a, const struct topology_argument *list)
{
	struct json_t *object = json_object_new(a);

	for (const struct topology_argument *g = list; g->name != NULL; g++) {
		if (g->type == TOPOLOGY_TEXT)
			json_put_text(object, g->name, g->text);
		else if (g->type == TOPOLOGY_NUMBER)
			json_put_number(object, g->name, g->number);
		else
			json_put_flag(object, g->name, true);
	}
	return object;
}

static void put_queues(struct arena *a, struct json_t *all, const struct topology *t)
{
	struct json_t *list = list_in(a, all, "queues"), *o;

	for (const struct topology_queue *q = t->queues; q->name != NULL; q++) {
		o = object_in_vhost(a, list);
		json_put_text(o, "name", q->name);
		json_put_flag(o, "durable", true);
		json_put_flag(o, "auto_delete", false);
		json_put(o, "arguments", json_of_arguments(a, q->arguments));
	}
}

static void put_policies(struct arena *a, struct json_t *all, const struct topology *t)
{
	struct json_t *list = list_in(a, all, "policies"), *o;

	for (const struct topology_policy *p = t->policies; p->name != NULL; p++) {
		o = object_in_vhost(a, list);
		json_put_text(o, "name", p->name);
		json_put_text(o, "pattern", p->pattern);
		json_put_text(o, "apply-to", "queues");
		json_put_number(o, "priority", 0);
		json_put(o, "definition", json_of_arguments(a, p->definition));
	}
}

static void put_bindings(struct arena *a, struct json_t *all, const struct topology *t)
{
	struct json_t *list = list_in(a, all, "bindings"), *o;

	for (const struct topology_binding *b = t->bindings; b->exchange != NULL; b++) {
		o = object_in_vhost(a, list);
		json_put_text(o, "source", b->exchange);
		json_put_text(o, "destination", b->queue);
		json_put_text(o, "destination_type", "queue");
		json_put_text(o, "routing_key", b->key);
		json_put(o, "arguments", json_object_new(a));
	}
}

void topology_of(struct arena *a, const struct config *config, struct topology *ret_topology)
{
	const struct topology_settings settings = {
	    .hold_seconds = config->hold_seconds,
	    .delivery_limit = config->delivery_limit,
	    .history_days = config->history_days,
	    .history_mib = config->history_mib,
	    .integrators = integrator_names(a, config),
	    .integrator_events = config->integrator_events,
	    .integrator_mib = config->integrator_mib,
	    .integrator_days = config->integrator_days,
	};

	*ret_topology = topology_make(a, &settings);
}

err topology_json(struct arena *a, const struct config *config, struct json_t **ret_definitions)
{
	struct topology t;
	struct json_t *all = json_object_new(a);
	err e;

	topology_of(a, config, &t);
	json_put_text(object_in(a, list_in(a, all, "vhosts")), "name", topology_vhost);
	if ((e = put_users(a, all, &t, config->secrets_dir)) != OK)
		return e;
	put_rights(a, all, &t);
	put_policies(a, all, &t);
	put_exchanges(a, all, &t);
	put_queues(a, all, &t);
	put_bindings(a, all, &t);
	*ret_definitions = all;
	return OK;
}

err topology_lock(const struct config *config)
{
	int fd = open(config->secrets_dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	if (fd >= 0 && flock(fd, LOCK_EX) == 0)
		return OK;
	complain("%s cannot be locked (the setting SECRETS_DIR)", config->secrets_dir);
	return ERR_FORBIDDEN;
}

/* Under another name first: the broker may start at any moment. */
static err write_definitions(struct arena *a, const struct config *config, const char *text)
{
	const char *new = arena_printf(a, "%s.new", config->definitions);
	size_t len = strlen(text);
	ssize_t written;
	int fd;

	if ((fd = open(new, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600)) < 0)
		return ERR_FORBIDDEN;
	written = write(fd, text, len);
	if (close(fd) != 0 || written != (ssize_t)len || rename(new, config->definitions) != 0)
		return ERR_FORBIDDEN;
	return OK;
}

err topology_keep(struct arena *a, const struct config *config)
{
	struct json_t *all;
	err e;

	if ((e = topology_json(a, config, &all)) != OK)
		return e;
	if ((e = write_definitions(a, config, json_text(a, all))) != OK)
		complain("the definitions cannot be written to %s (the setting DEFINITIONS)",
			 config->definitions);
	return e;
}

err topology_load(struct arena *a, const struct config *config)
{
	const struct ctl_call import = {{"import_definitions", config->definitions}};
	int status;
	err e;

	if ((e = topology_keep(a, config)) != OK)
		return e;
	if ((e = ctl_do(a, config->rabbitmqctl, &import, &status)) != OK)
		complain("%s could not configure the broker", config->rabbitmqctl);
	return e;
}
