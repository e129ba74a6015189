#include "apps/payments/payments.h"
#include "apps/payments/http_client.h"
#include "apps/payments/jobs.h"
#include "apps/payments/order.h"
#include "common/app/roles.h"

/*
 * At most half of a process's threads wait for the payment provider, so that a slow one does not stop the
 * pages.
 */
static err payments_start(const struct config *config, void **ret_app)
{
	const struct http_client_settings settings = {
	    .api_base = config->stripe_api_base,
	    .secret_key = config->stripe_secret_key,
	    .slots = config->threads > 1 ? (unsigned)config->threads / 2 : 1,
	};
	struct http_client *client;
	err e = http_client_open(&settings, &client);

	if (e == OK)
		*ret_app = client;
	return e;
}

static void payments_end(void *app)
{
	http_client_close(app);
}

int main(int argc, char **argv)
{
	static const struct app app = {
	    .name = "payments",
	    .web_groups = CONFIG_PROVIDER,
	    .jobs_groups = CONFIG_PROVIDER,
	    .routes = &payments_routes,
	    .queries = &payments_queries,
	    .moves = &payments_moves,
	    .subscriptions = subscriptions,
	    .jobs = payments_jobs,
	    .start = payments_start,
	    .end = payments_end,
	};

	return app_main(&app, argc, argv);
}
