#include "apps/orders/orders.h"
#include "apps/orders/deliveries.h"
#include "common/app/app.h"
#include "common/app/roles.h"

static const struct subscription subscriptions[] = {
    ON(ticket_created, on_ticket),
    ON(ticket_updated, on_ticket),
    ON(charge_created, on_charge),
    ON(charge_updated, on_charge),
    ON(order_expired, on_expired),
    ON(session_revoked, revoked_store),
    ON_END,
};

static const struct job jobs[] = {
    {"sweep", 5000, sweep},
    {NULL, 0, NULL},
};

int main(int argc, char **argv)
{
	static const struct app app = {
	    .name = "orders",
	    .web_groups = CONFIG_HOLD,
	    .routes = &orders_routes,
	    .queries = &orders_queries,
	    .subscriptions = subscriptions,
	    .jobs = jobs,
	};

	return app_main(&app, argc, argv);
}
