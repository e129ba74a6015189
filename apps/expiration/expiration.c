#include "apps/expiration/events.h"
#include "common/app/app.h"

int main(int argc, char **argv)
{
	static const struct app app = {
	    .name = "expiration",
	    .events_groups = CONFIG_HOLD,
	    .events = expiration_events_run,
	};

	return app_main(&app, argc, argv);
}
