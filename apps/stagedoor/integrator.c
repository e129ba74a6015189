#include "apps/stagedoor/integrator.h"
#include "amqp/topology.h"
#include "apps/stagedoor/complain.h"
#include "apps/stagedoor/definitions.h"
#include "apps/stagedoor/integrator_files.h"
#include "apps/stagedoor/rabbitmqctl.h"
#include "common/base/random.h"
#include "common/base/text.h"
#include "common/schema/json.h"
#include <stdio.h>
#include <unistd.h>

enum { PASSWORD_BYTES = 24, NO_SUCH_USER = 67 };

/* ERR_CONFLICT when there is one of that name. */
static void integrator_forget(struct arena *a, const struct config *config, const char *name)
{
	unlink(integrator_file(a, config, name));
	if (topology_keep(a, config) != OK)
		complain("the definitions still have %s", name);
}

static void hand_over(struct arena *a, const struct config *config, const char *name, const char *secret)
{
	printf("%s is an integrator now. To hand over, with docs/INTEGRATING.md:\n\n"
	       "  vhost     %s\n  user      %s\n  password  %s\n  queue     %s\n  history   "
	       "stagedoor.history\n\n"
	       "The password is shown this once; only its hash is kept. The broker is at %s:%lld here; "
	       "integrators elsewhere need its TLS listener (docs/OPERATIONS.md, Integrators).\n",
	       name, topology_vhost, topology_integrator(a, name), secret, topology_integrator_queue(a, name),
	       config->amqp_host, (long long)config->amqp_port);
}

static int integrator_create(struct arena *a, const struct config *config, const char *name)
{
	uint8_t bytes[PASSWORD_BYTES];
	const char *secret;
	err e;

	if (!integrator_name_fits(name))
		return complain(
		    "an integrator's name has 1 to %d of a-z, 0-9 and -, and does not begin with -",
		    INTEGRATOR_NAME_MAX);
	random_bytes(bytes, sizeof bytes);
	secret = text_base64url(a, bytes, sizeof bytes);
	if ((e = integrator_store(a, config, name, broker_hash(a, secret))) == ERR_CONFLICT)
		return complain("%s is an integrator already", name);
	if (e != OK)
		return complain("%s cannot be written", integrator_file(a, config, name));
	if (topology_load(a, config) != OK) {
		integrator_forget(a, config, name);
		return 1;
	}
	hand_over(a, config, name, secret);
	return 0;
}

int integrator_add(const struct config *config, const struct options *options)
{
	struct arena *a = arena_new();
	int rc = topology_lock(config) != OK ? 1 : integrator_create(a, config, options->operands[0]);

	arena_free(a);
	return rc;
}

static const struct ctl_call list_queues = {
    {"-p", topology_vhost, "list_queues", "name", "messages", "consumers", "--formatter", "json"}};

/* Nothing that is gone already is an error, so that what was interrupted can be done again. */
static err remove_at_broker(struct arena *a, const struct config *config, const char *name)
{
	const char *user = topology_integrator(a, name), *queue = topology_integrator_queue(a, name);
	const struct ctl_call delete_user = {{"delete_user", user}},
			      delete_queue = {{"-p", topology_vhost, "delete_queue", queue}};
	struct json_t *queues;
	int status;
	err e;

	if ((e = ctl_ask(a, config->rabbitmqctl, &list_queues, 1, &queues)) != OK)
		return e;
	if ((e = ctl_do(a, config->rabbitmqctl, &delete_user, &status)) != OK && status != NO_SUCH_USER)
		return e;
	return ctl_row(queues, queue) == NULL ? OK : ctl_do(a, config->rabbitmqctl, &delete_queue, &status);
}

static int take_away(struct arena *a, const struct config *config, const char *name)
{
	if (!integrator_name_fits(name) || access(integrator_file(a, config, name), F_OK) != 0)
		return complain("there is no integrator %s; integrator list shows them", name);
	if (remove_at_broker(a, config, name) != OK)
		return complain("%s is not removed: %s could not configure the broker", name,
				config->rabbitmqctl);
	integrator_forget(a, config, name);
	printf("%s is no integrator any more: its account and its queue are gone.\n", name);
	return 0;
}

int integrator_remove(const struct config *config, const struct options *options)
{
	struct arena *a = arena_new();
	int rc = topology_lock(config) != OK ? 1 : take_away(a, config, options->operands[0]);

	arena_free(a);
	return rc;
}

static void integrator_print(struct arena *a, const struct config *config, const struct json_t *queues,
			     const char *name)
{
	const struct json_t *row = ctl_row(queues, topology_integrator_queue(a, name));
	long long waiting = json_get_number(row, "messages", 0),
		  readers = json_get_number(row, "consumers", 0);

	if (row == NULL)
		printf("%-33s %10s %8s  its queue has expired; topology apply makes it again\n", name, "-",
		       "-");
	else if (waiting > 0 && readers == 0)
		printf("%-33s %10lld %8lld  nobody reads it: the newest %lld stay, and it goes %lld days "
		       "after it "
		       "was last read\n",
		       name, waiting, readers, (long long)config->integrator_events,
		       (long long)config->integrator_days);
	else
		printf("%-33s %10lld %8lld\n", name, waiting, readers);
}

int integrators_show(struct arena *a, const struct config *config)
{
	const char *const *names = integrator_names(a, config);
	struct json_t *queues;

	if (*names == NULL)
		return 0;
	if (ctl_ask(a, config->rabbitmqctl, &list_queues, 1, &queues) != OK)
		return complain("the queues of integrators could not be asked for by %s",
				config->rabbitmqctl);
	printf("\n%-33s %10s %8s\n", "INTEGRATOR", "WAITING", "READERS");
	for (; *names != NULL; names++)
		integrator_print(a, config, queues, *names);
	fflush(stdout);
	return 0;
}

int integrator_list(const struct config *config)
{
	struct arena *a = arena_new();
	int rc = 0;

	if (*integrator_names(a, config) == NULL)
		printf("There is no integrator; integrator add NAME makes one.\n");
	else
		rc = integrators_show(a, config);
	arena_free(a);
	return rc;
}
