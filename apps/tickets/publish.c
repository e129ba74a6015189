#include "apps/tickets/publish.h"
#include "amqp/groups.def"

static void put_proposal(const struct proposal *p, struct ticket_state *state)
{
	state->proposal_kind = p->kind;
#define PUT(kind, name, doc) state->proposed_##name = p->name;
	OFFER(PUT, PUT, PUT)
#undef PUT
}

err ticket_publish_new(struct db *db, const struct ticket *t)
{
	struct ticket_state state = {0};

	ticket_to_ticket_state(t, &state);
	return publish_ticket_created(db, &state);
}

err ticket_publish(struct db *db, const struct ticket *t)
{
	struct ticket_state state = {0};
	struct proposal p;
	err e;

	ticket_to_ticket_state(t, &state);
	if (t->proposal.v != 0) {
		if ((e = proposal_of_ticket(db, &(struct proposal_of_ticket_in){.ticket_id = t->id}, &p)) !=
		    OK)
			return e;
		put_proposal(&p, &state);
	}
	return publish_ticket_updated(db, &state);
}
