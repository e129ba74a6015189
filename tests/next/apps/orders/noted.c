#include "apps/orders/orders.h"

/* Only the later version handles the event; this version acknowledges it as unknown. */
err on_listing_noted(struct db *db, const struct listing_note *note)
{
	(void)db;
	(void)note;
	return OK;
}
