/*
 * Which messages of one bus_publish the broker has answered. Confirms come in any order, for one or for all
 * up to a tag; tags count the publishes of a connection, so message i has base + i + 1. A message that no
 * queue takes is returned before its confirm, and counts as refused although it is confirmed. What must hold:
 * each message is settled once, and `low` never passes one that is not.
 */
#include "common/base/text.h"
#include "common/bus/internal.h"

static void settle_one(struct window *w, size_t i, bool taken)
{
	if (w->states[i] == SETTLED || w->states[i] == NOT_SENT)
		return;
	w->confirmed[i] = taken && w->states[i] == SENT;
	w->states[i] = SETTLED;
	w->settled++;
}

void window_settle(struct window *w, uint64_t tag, bool multiple, bool taken)
{
	size_t last = (size_t)(tag - w->base - 1);

	if (tag <= w->base || last >= w->sent)
		return;
	for (size_t i = multiple ? w->low : last; i <= last; i++)
		settle_one(w, i, taken);
	while (w->low < w->sent && w->states[w->low] == SETTLED)
		w->low++;
}

/* The return comes before the confirm and carries no tag. Messages with the same way and id share its fate.
 */
void window_return(struct window *w, const struct bus_message *returned)
{
	for (size_t i = w->low; i < w->sent; i++) {
		const struct bus_message *m = &w->messages[i];

		if (w->states[i] == SENT && text_same(m->id, returned->id) &&
		    text_same(m->exchange, returned->exchange) &&
		    text_same(m->routing_key, returned->routing_key))
			w->states[i] = RETURNED;
	}
}
