#include "apps/auth/auth.h"
#include "apps/auth/jobs.h"
#include "common/base/log.h"
#include "common/token/password.h"

enum { PASSWORD_SLOTS = 2 };

static err auth_start(const struct config *config, void **ret_app)
{
	static struct auth auth;
	err e;

	password_slots(PASSWORD_SLOTS);
	if (config->signing_dir != NULL && (e = signer_open(config->signing_dir, &auth.signer)) != OK) {
		log_error("no key to sign with in %s", config->signing_dir);
		return e;
	}
	*ret_app = &auth;
	return OK;
}

static void auth_end(void *app)
{
	signer_close(((struct auth *)app)->signer);
}

int main(int argc, char **argv)
{
	static const struct app app = {
	    .name = "auth",
	    .web_groups = CONFIG_SIGNING,
	    .routes = &auth_routes,
	    .queries = &auth_queries,
	    .moves = &auth_moves,
	    .subscriptions = subscriptions,
	    .jobs = auth_jobs,
	    .start = auth_start,
	    .end = auth_end,
	};

	return app_main(&app, argc, argv);
}
