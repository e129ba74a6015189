#include "apps/tickets/ticket.h"
#include "apps/tickets/day.h"
#include "apps/tickets/proposal.h"
#include "apps/tickets/publish.h"
#include "apps/tickets/seller.h"
#include "common/base/clock.h"

static const int64_t ten_years = INT64_C(3653) * 24 * 60 * 60 * SECOND;

static err no_row_is_not_found(err e)
{
	return e == ERR_NO_ROW ? ERR_NOT_FOUND : e;
}

err ticket_find(struct web *w, ticket_id id, struct ticket *ret_ticket)
{
	return no_row_is_not_found(ticket_by_id(w->db, &(struct ticket_by_id_in){.id = id}, ret_ticket));
}

static err check_owner(struct web *w, const struct ticket *t, struct message otherwise)
{
	return id_same(t->user_id, w->session.user) ? OK : web_fail(w, ERR_FORBIDDEN, otherwise);
}

err ticket_find_own(struct web *w, ticket_id id, struct message otherwise, struct ticket *ret_ticket)
{
	struct ticket t;
	err e;

	if ((e = ticket_find(w, id, &t)) != OK)
		return e;
	if ((e = check_owner(w, &t, otherwise)) != OK)
		return e;
	*ret_ticket = t;
	return OK;
}

err ticket_check_start(struct web *w, when starts_at, when was)
{
	int64_t now = clock_now();

	if (starts_at.v == 0 || starts_at.v == was.v)
		return OK;
	if (starts_at.v <= now)
		return web_problem(w, "startsAt", tr_start_past);
	if (starts_at.v > now + ten_years)
		return web_problem(w, "startsAt", tr_start_far);
	return OK;
}

struct ticket ticket_with_offer(const struct web *w, const struct ticket *t, const struct ticket_form *form)
{
	struct ticket next = *t;

	ticket_form_to_ticket(form, &next);
	if (form->category.v != 0)
		next.category = form->category;
	else if (next.category.v == 0)
		next.category = (category){.v = category_OTHER};
	if (form->currency.v != NULL)
		next.currency = form->currency;
	else if (next.currency.v == NULL)
		next.currency = (currency_code){w->config->currency};
	return next;
}

static err insert_ticket(struct web *w, const struct ticket *t)
{
	struct ticket_insert_in in = {
	    .starts_day = {day_of(w->arena, t->starts_at, t->time_zone)},
	    .revised_at = t->created_at,
	};

	ticket_to_ticket_insert_in(t, &in);
	return ticket_insert(w->db, &in);
}

err ticket_list(struct web *w, const struct ticket_form *form, struct ticket *ret_ticket)
{
	struct ticket t = {
	    .version = {1}, .revision = {1}, .status = {ticket_status_LISTED}, .user_id = w->session.user};
	err e;

	if ((e = seller_check(w->db, w->session.user)) != OK)
		return e;
	if ((e = ticket_check_start(w, form->starts_at, (when){0})) != OK)
		return e;
	t = ticket_with_offer(w, &t, form);
	uuid_new(t.id.b);
	t.created_at.v = clock_now();
	if ((e = insert_ticket(w, &t)) != OK)
		return e;
	if ((e = ticket_publish_new(w->db, &t)) != OK)
		return e;
	*ret_ticket = t;
	return OK;
}

static err fail_conflict_text(struct web *w, const struct ticket *t, const char *sentence)
{
	struct number_format n = web_number_format(w);

	web_problem_put(w, "current", json_of_record(w->arena, record_ticket(), &n, t));
	return web_fail_text(w, ERR_CONFLICT, sentence);
}

static err fail_conflict(struct web *w, const struct ticket *t, struct message sentence)
{
	return fail_conflict_text(w, t, web_tr(w, sentence));
}

static err check_free(struct web *w, const struct ticket *t, revision seen)
{
	if (t->status.v == ticket_status_SOLD)
		return fail_conflict(w, t, tr_is_sold);
	if (t->status.v != ticket_status_LISTED)
		return fail_conflict(w, t, tr_is_withdrawn);
	if (!id_is_null(t->order_id))
		return fail_conflict(w, t, tr_is_held);
	if (seen.v != 0 && seen.v != t->revision.v)
		return fail_conflict(w, t, tr_was_changed);
	if (t->proposal.v != 0)
		return fail_conflict(w, t, tr_is_proposed);
	return OK;
}

/* Locks the ticket until the end of the transaction, and checks that the signed-in user may change it now. */
static err lock_own(struct web *w, ticket_id id, revision seen, struct ticket *ret_ticket)
{
	struct ticket t;
	err e;

	if ((e = no_row_is_not_found(ticket_locked(w->db, &(struct ticket_locked_in){.id = id}, &t))) != OK)
		return e;
	if ((e = check_owner(w, &t, tr_not_yours)) != OK)
		return e;
	if ((e = check_free(w, &t, seen)) != OK)
		return e;
	*ret_ticket = t;
	return OK;
}

/* Amounts without a currency were parsed with the decimals of the site's: in a currency with others they
 * would be another price. */
static err check_currency(struct web *w, const struct ticket *t, const struct ticket_form *form)
{
	if (form->currency.v != NULL ||
	    currency_digits(t->currency.v) == currency_digits(w->config->currency))
		return OK;
	return web_problem(w, "currency", tr_currency_needed);
}

err ticket_propose_change(struct web *w, ticket_id id, revision seen, const struct ticket_form *form,
			  struct ticket *ret_ticket)
{
	struct ticket t, next;
	err e;

	if ((e = lock_own(w, id, seen, &t)) != OK)
		return e;
	if ((e = ticket_check_start(w, form->starts_at, t.starts_at)) != OK)
		return e;
	if ((e = check_currency(w, &t, form)) != OK)
		return e;
	next = ticket_with_offer(w, &t, form);
	if (!record_same(record_ticket(), &t, &next) && (e = proposal_open(w->db, &t, &next)) != OK)
		return e;
	*ret_ticket = t;
	return OK;
}

err ticket_propose_withdrawal(struct web *w, ticket_id id, revision seen, struct ticket *ret_ticket)
{
	struct ticket t;
	err e;

	if ((e = lock_own(w, id, seen, &t)) != OK)
		return e;
	if ((e = proposal_open(w->db, &t, NULL)) != OK)
		return e;
	*ret_ticket = t;
	return OK;
}

static const char *refused_now(const struct web *w, const struct proposal *p)
{
	const char *since;

	if (p->held_since.v == 0)
		return web_tr(w, tr_is_held);
	since = locale_time(w->arena, w->locale, p->held_since.v, w->session.zone.v, TIME_HOUR);
	return p->kind.v == proposal_kind_WITHDRAWAL ? tr_text_withdrawal_refused(w->arena, w->locale, since)
						     : tr_text_change_refused(w->arena, w->locale, since);
}

static const char *refused_then(const struct web *w, const struct proposal *p)
{
	const char *since = locale_time(w->arena, w->locale, p->held_since.v, w->session.zone.v, TIME_MOMENT);

	return p->kind.v == proposal_kind_WITHDRAWAL
		   ? tr_text_withdrawal_was_refused(w->arena, w->locale, since)
		   : tr_text_change_was_refused(w->arena, w->locale, since);
}

/* The event of the order may arrive after the decision: an order that is not known is still buying. */
static err holder_has_ended(struct web *w, const struct proposal *p, bool *ret_ended)
{
	struct order_replica o;
	err e = order_replica_by_id(w->db, &(struct order_replica_by_id_in){.id = p->held_by}, &o);

	if (e != OK && e != ERR_NO_ROW)
		return e;
	*ret_ended =
	    e == OK && o.status.v != order_status_CREATED && o.status.v != order_status_AWAITING_PAYMENT;
	return OK;
}

err ticket_refused_sentence(struct web *w, const struct proposal *p, const char **ret_sentence)
{
	bool ended;
	err e;

	*ret_sentence = NULL;
	if (p->status.v != proposal_status_REFUSED)
		return OK;
	if ((e = holder_has_ended(w, p, &ended)) != OK)
		return e;
	*ret_sentence = ended ? refused_then(w, p) : refused_now(w, p);
	return OK;
}

err ticket_fail_refused(struct web *w, const struct ticket *t, const struct proposal *p)
{
	return fail_conflict_text(w, t, refused_now(w, p));
}
