#include "apps/expiration/expiration.h"
#include "common/app/app.h"

int main(int argc, char **argv)
{
	static const struct app app = {
	    .name = "expiration",
	    .events_groups = CONFIG_HOLD,
	    .events = hold_run,
	};

	return app_main(&app, argc, argv);
}
