/*
 * Makes the timeline of an order from its row and from the charge as replicated: no event is stored for it.
 *
 * Each state has left its time (created_at, held_at, secured_at, ended_at; of the charge begun_at,
 * decided_at, returned_at), and each state has a line. The past is sorted by time; what comes next follows
 * it, unsorted, because its order is that of the rules.
 *
 * What must hold:
 * - Lines of the same time stay in the order in which they were added, so causes stand before effects: a
 *   charge that decided the order before its end, one that came too late after it.
 * - A time that was not kept keeps the line beside the one before it.
 * - The table of ends has each reason, also that of a later version; TIMELINE_MAX has room for every line.
 */
#include "apps/orders/timeline.h"
#include "apps/orders/order.h"

/* What the lines are made of. */
struct timeline_source {
	const struct order_row *order;
	const struct known_charge *charge; /* NULL: none */
	when now;
};

/* A line whose time was not kept is sorted beside the line before it. */
static struct timeline_line *add_line(struct timeline *t, const struct message *what,
				      const struct message *why, when at)
{
	struct timeline_line *line = &t->lines[t->count];

	BUG_IF(t->count == TIMELINE_MAX);
	*line = (struct timeline_line){.what = what, .why = why, .at = at, .sort_key = at.v};
	if (at.v == 0 && t->count > 0)
		line->sort_key = line[-1].sort_key;
	t->count++;
	return line;
}

static struct timeline_line *add_next(struct timeline *t, const struct message *what,
				      const struct message *why, when at)
{
	struct timeline_line *line = add_line(t, what, why, at);

	line->is_next = true;
	return line;
}

static void add_end(struct timeline *t, const struct order_row *o)
{
	static const struct {
		const struct message *what, *why;
	} ends[] = {
	    [cancel_reason_NULL] = {&tr_title_ended, NULL},
	    [cancel_reason_BUYER] = {&tr_ended_buyer, &tr_timeline_back},
	    [cancel_reason_EXPIRED] = {&tr_timeline_expired, &tr_timeline_back},
	    [cancel_reason_PAYMENT_FAILED] = {&tr_timeline_failed, &tr_timeline_back},
	    [cancel_reason_TICKET_CHANGED] = {&tr_timeline_changed, &tr_timeline_changed_why},
	    [cancel_reason_UNKNOWN] = {&tr_title_ended, NULL},
	};
	CHOICE_TABLE(ends, cancel_reason);

	if (o->status.v == order_status_CANCELLED)
		add_line(t, ends[o->cancel_reason.v].what, ends[o->cancel_reason.v].why, o->ended_at);
	if (o->status.v == order_status_COMPLETED)
		add_line(t, &tr_title_bought, NULL, o->ended_at);
}

/* The charge may not be known here yet; then the time of the return is not either. */
static void add_return(struct timeline *t, const struct timeline_source *s)
{
	add_line(t, &tr_timeline_undone, NULL, s->charge == NULL ? (when){0} : s->charge->returned_at);
}

/* A charge that completes no order was paid after the order's end. A failed charge of an order that
 * ended otherwise is a payment page that was closed at that end, not a declined card. */
static void add_decision(struct timeline *t, const struct timeline_source *s)
{
	const struct known_charge *c = s->charge;
	bool ended = s->order->status.v == order_status_CANCELLED,
	     stopped = ended && s->order->cancel_reason.v != cancel_reason_PAYMENT_FAILED;

	if (c->status.v == charge_status_COMPLETED)
		add_line(t, ended ? &tr_timeline_late : &tr_timeline_paid, NULL, c->decided_at);
	if (c->status.v == charge_status_FAILED)
		add_line(t, stopped ? &tr_timeline_stopped : &tr_timeline_declined, &tr_timeline_declined_why,
			 c->decided_at);
	if (c->refunded.v)
		add_line(t, &tr_timeline_returned, &tr_timeline_returned_why, c->returned_at);
}

/* By time; lines of the same time stay in the order in which they were added. */
static void sort_lines(struct timeline *t)
{
	for (size_t i = 1; i < t->count; i++) {
		struct timeline_line line = t->lines[i];
		size_t at = i;

		for (; at > 0 && t->lines[at - 1].sort_key > line.sort_key; at--)
			t->lines[at] = t->lines[at - 1];
		t->lines[at] = line;
	}
}

static void add_next_of_live(struct timeline *t, const struct timeline_source *s)
{
	const struct order_row *o = s->order;

	if (order_is_secured(o)) {
		add_next(t, &tr_timeline_confirming, &tr_timeline_confirming_pay_why, (when){0});
		return;
	}
	if (o->status.v == order_status_CREATED)
		add_next(t, &tr_is_created, &tr_timeline_confirming_why, (when){0});
	else if (order_is_being_paid(o, s->charge))
		add_next(t, &tr_timeline_deciding, &tr_timeline_deciding_why, (when){0});
	add_next(t, &tr_timeline_deadline, &tr_timeline_deadline_why, o->expires_at);
}

static void add_next_of_ended(struct timeline *t, const struct known_charge *c)
{
	if (c != NULL && c->status.v == charge_status_CREATED)
		add_next(t, &tr_timeline_unsure, &tr_timeline_unsure_why, (when){0});
	else if (c != NULL && c->status.v == charge_status_COMPLETED && !c->refunded.v)
		add_next(t, &tr_timeline_returning, &tr_timeline_returning_why, (when){0});
	else
		add_next(t, &tr_timeline_over, NULL, (when){0});
}

static bool show_is_over(const struct timeline_source *s)
{
	return s->order->starts_at.v != 0 && s->order->starts_at.v <= s->now.v;
}

static void add_show(struct timeline *t, const struct timeline_source *s)
{
	struct timeline_line *line;

	if (show_is_over(s))
		line = add_line(t, &tr_timeline_began, NULL, s->order->starts_at);
	else
		line = add_next(t, &tr_timeline_show, NULL, s->order->starts_at);
	line->is_show = true;
}

static void add_next_of_bought(struct timeline *t, const struct timeline_source *s)
{
	if (s->order->starts_at.v == 0)
		add_next(t, &tr_timeline_undated, NULL, (when){0});
	else if (show_is_over(s))
		add_next(t, &tr_timeline_over, NULL, (when){0});
	else
		add_show(t, s);
}

/* The charge decided the order, or came after its end. */
static void add_past(struct timeline *t, const struct timeline_source *s)
{
	const struct order_row *o = s->order;
	bool decides = o->status.v == order_status_COMPLETED || o->status.v == order_status_RETURNED ||
		       o->cancel_reason.v == cancel_reason_PAYMENT_FAILED;

	add_line(t, &tr_timeline_placed, NULL, o->created_at);
	if (o->held_at.v != 0)
		add_line(t, &tr_timeline_locked, NULL, o->held_at);
	if (s->charge != NULL)
		add_line(t, &tr_timeline_begun, NULL, s->charge->begun_at);
	if (o->secured_at.v != 0)
		add_line(t, &tr_timeline_secured, NULL, o->secured_at);
	if (s->charge != NULL && decides)
		add_decision(t, s);
	add_end(t, o);
	if (o->status.v == order_status_RETURNED)
		add_return(t, s);
	if (s->charge != NULL && o->status.v == order_status_CANCELLED && !decides)
		add_decision(t, s);
	if (o->status.v == order_status_COMPLETED && show_is_over(s))
		add_show(t, s);
	sort_lines(t);
}

struct timeline timeline_of(const struct order_row *o, when now, const struct known_charge *charge)
{
	const struct timeline_source s = {o, charge, now};
	struct timeline t = {.count = 0};

	add_past(&t, &s);
	if (order_is_live(o))
		add_next_of_live(&t, &s);
	else if (o->status.v == order_status_CANCELLED)
		add_next_of_ended(&t, charge);
	else if (o->status.v == order_status_COMPLETED)
		add_next_of_bought(&t, &s);
	else if (o->status.v == order_status_RETURNED)
		add_next(&t, &tr_timeline_over, NULL, (when){0});
	return t;
}
