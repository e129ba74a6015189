#include "apps/orders/messages.h"
#include "apps/orders/view.h"

/* A line whose time was not kept stands where it is told. */
static void tell(struct order_view *v, const struct message *what, const struct message *why, when at)
{
	struct story_line *s = &v->story[v->story_count];

	BUG_IF(v->story_count == STORY_MAX);
	*s = (struct story_line){.what = what, .why = why, .at = at, .place = at.v};
	if (at.v == 0 && v->story_count > 0)
		s->place = s[-1].place;
	v->story_count++;
}

static void tell_next(struct order_view *v, const struct message *what, const struct message *why, when at)
{
	tell(v, what, why, at);
	v->story[v->story_count - 1].is_next = true;
}

static void tell_end(struct order_view *v)
{
	static const struct {
		const struct message *what, *why;
	} ends[] = {
	    [cancel_reason_NULL] = {&tr_title_ended, NULL},
	    [cancel_reason_BUYER] = {&tr_ended_buyer, &tr_story_back},
	    [cancel_reason_EXPIRED] = {&tr_story_expired, &tr_story_back},
	    [cancel_reason_PAYMENT_FAILED] = {&tr_story_failed, &tr_story_back},
	    [cancel_reason_TICKET_CHANGED] = {&tr_story_changed, &tr_story_changed_why},
	    [cancel_reason_UNKNOWN] = {&tr_title_ended, NULL},
	};
	CHOICE_TABLE(ends, cancel_reason);
	const struct order_row *o = v->order;

	if (o->status.v == order_status_CANCELLED)
		tell(v, ends[o->cancel_reason.v].what, ends[o->cancel_reason.v].why, o->ended_at);
	if (o->status.v == order_status_COMPLETED)
		tell(v, &tr_title_bought, NULL, o->ended_at);
}

/* Money that completes no order came after its end; a page at the bank that was closed because the order had
 * ended is no refusal of a card. */
static void tell_decision(struct order_view *v, const struct known_charge *c)
{
	const struct order_row *o = v->order;
	bool ended = o->status.v == order_status_CANCELLED;

	if (c->status.v == charge_status_COMPLETED)
		tell(v, ended ? &tr_story_late : &tr_story_paid, NULL, c->decided_at);
	if (c->status.v == charge_status_FAILED)
		tell(v,
		     ended && o->cancel_reason.v != cancel_reason_PAYMENT_FAILED ? &tr_story_stopped
										 : &tr_story_declined,
		     &tr_story_declined_why, c->decided_at);
	if (c->refunded.v)
		tell(v, &tr_story_returned, &tr_story_returned_why, c->returned_at);
}

/* In the order of their times; what has the same stays as it was told. */
static void sort(struct order_view *v)
{
	for (size_t i = 1; i < v->story_count; i++) {
		struct story_line line = v->story[i];
		size_t at = i;

		for (; at > 0 && v->story[at - 1].place > line.place; at--)
			v->story[at] = v->story[at - 1];
		v->story[at] = line;
	}
}

static void tell_next_of_live(struct order_view *v)
{
	const struct order_row *o = v->order;

	if (o->status.v == order_status_CREATED)
		tell_next(v, &tr_is_created, &tr_story_confirming_why, (when){0});
	else if (v->paying)
		tell_next(v, &tr_story_deciding, &tr_story_deciding_why, (when){0});
	tell_next(v, &tr_story_deadline, &tr_story_deadline_why, o->expires_at);
}

static void tell_next_of_ended(struct order_view *v, const struct known_charge *c)
{
	if (c != NULL && c->status.v == charge_status_CREATED)
		tell_next(v, &tr_story_unsure, &tr_story_unsure_why, (when){0});
	else if (c != NULL && c->status.v == charge_status_COMPLETED && !c->refunded.v)
		tell_next(v, &tr_story_returning, &tr_story_returning_why, (when){0});
	else
		tell_next(v, &tr_story_over, NULL, (when){0});
}

static bool is_over(const struct order_view *v)
{
	return v->order->starts_at.v != 0 && v->order->starts_at.v <= v->now.v;
}

/* At the venue's time. */
static void tell_show(struct order_view *v)
{
	if (is_over(v))
		tell(v, &tr_story_began, NULL, v->order->starts_at);
	else
		tell_next(v, &tr_story_show, NULL, v->order->starts_at);
	v->story[v->story_count - 1].is_show = true;
}

static void tell_next_of_bought(struct order_view *v)
{
	if (v->order->starts_at.v == 0)
		tell_next(v, &tr_story_undated, NULL, (when){0});
	else if (is_over(v))
		tell_next(v, &tr_story_over, NULL, (when){0});
	else
		tell_show(v);
}

void order_tell(struct order_view *v, const struct known_charge *charge)
{
	const struct order_row *o = v->order;

	tell(v, &tr_story_placed, NULL, o->created_at);
	if (o->held_at.v != 0)
		tell(v, &tr_story_locked, NULL, o->held_at);
	if (charge != NULL) {
		tell(v, &tr_story_begun, NULL, charge->begun_at);
		if (o->status.v == order_status_COMPLETED ||
		    o->cancel_reason.v == cancel_reason_PAYMENT_FAILED)
			tell_decision(v, charge);
	}
	tell_end(v);
	if (charge != NULL && o->status.v == order_status_CANCELLED &&
	    o->cancel_reason.v != cancel_reason_PAYMENT_FAILED)
		tell_decision(v, charge);
	if (o->status.v == order_status_COMPLETED && is_over(v))
		tell_show(v);
	sort(v);
	if (order_is_live(o))
		tell_next_of_live(v);
	else if (o->status.v == order_status_CANCELLED)
		tell_next_of_ended(v, charge);
	else if (o->status.v == order_status_COMPLETED)
		tell_next_of_bought(v);
}
