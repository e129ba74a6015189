/*
 * Access control: every route of the lists is called signed out and as another user, with ids of things that
 * are not theirs in the path and the fields. A route or an id that is new fails here until its row in
 * `judged` states what the answer must be.
 */
#include "tests/flow/routes.h"
#include "tests/flow/suites.h"
#include <string.h>

static const char unknown_id[] = "0199a1b2-c3d4-7e5f-8a9b-0c1d2e3f4a5b";

/* What the id names, and what another user gets. */
enum thing { TICKET, ORDER, CHARGE };
enum rule {
	PUBLIC,    /* the same as its owner */
	FORBIDDEN, /* 403: they may see it, but not change it */
	PRIVATE,   /* exactly what an unknown id gets */
	UNSHOWN,   /* a page without any data of the owner */
	OFFERED,   /* intended for other users */
};

static const struct {
	const char *route, *field; /* "id": in the path */
	enum thing thing;
	enum rule rule;
} judged[] = {
    {"ticket_page", "id", TICKET, PUBLIC},
    {"api_ticket", "id", TICKET, PUBLIC},
    {"ticket_edit_page", "id", TICKET, FORBIDDEN},
    {"ticket_edit", "id", TICKET, FORBIDDEN},
    {"ticket_withdraw_page", "id", TICKET, FORBIDDEN},
    {"ticket_withdraw", "id", TICKET, FORBIDDEN},
    {"api_ticket_edit", "id", TICKET, FORBIDDEN},
    {"api_ticket_withdraw", "id", TICKET, FORBIDDEN},
    {"ticket_new_page", "from", TICKET, FORBIDDEN},
    {"selling_page", "before", TICKET, UNSHOWN},
    {"order_place_page", "ticket_id", TICKET, OFFERED},
    {"order_create", "ticket_id", TICKET, OFFERED},
    {"order_page", "id", ORDER, PRIVATE},
    {"order_cancel_page", "id", ORDER, PRIVATE},
    {"order_calendar", "id", ORDER, PRIVATE},
    {"order_show", "id", ORDER, PRIVATE},
    {"order_cancel", "id", ORDER, PRIVATE},
    {"payment_page", "id", ORDER, PRIVATE},
    {"payment_pay", "id", ORDER, PRIVATE},
    {"payment_create", "order_id", ORDER, PRIVATE},
    {"payment_show", "id", CHARGE, PRIVATE},
};

/* A completed sale, and a user who has no part in it. */
struct world {
	struct visitor *seller, *buyer, *other;
	const char *ids[3], *csrf;
};

static struct world world(void)
{
	struct world w = {.seller = visitor_signed_up("Ioana"),
			  .buyer = visitor_signed_up("Tomasz"),
			  .other = visitor_signed_up("Wen")};
	struct answer *paid;

	w.ids[TICKET] = sell(w.seller, "Ioana’s own", "38");
	w.ids[ORDER] = hold(w.buyer, w.ids[TICKET]);
	paid = pay(w.buyer, w.ids[ORDER], "tok_visa");
	ck_status(paid, 201);
	w.ids[CHARGE] = text_of(paid, "id");
	wait_order(w.buyer, w.ids[ORDER], "completed", 10000);
	w.csrf = csrf_of(w.other, "/signout");
	ck_assert_str_ne(w.csrf, "");
	return w;
}

static size_t judgement(const struct routed *r, const char *field)
{
	for (size_t i = 0; i < sizeof judged / sizeof *judged; i++)
		if (strcmp(judged[i].route, r->name) == 0 && strcmp(judged[i].field, field) == 0)
			return i;
	ck_abort_msg("what may others do with the %s of %s (%s %s)? Add a row to `judged`", field, r->name,
		     r->method, r->path);
}

/* With `id` in the judged place. */
static struct answer *call(struct visitor *v, const char *csrf, const struct routed *r, const char *field,
			   const char *id)
{
	bool in_path = strcmp(field, "id") == 0;
	const char *body = form_body(r, is_get(r) ? NULL : csrf, in_path ? NULL : field, id);

	return route_send(
	    v, r, in_path ? id : unknown_id, body,
	    (const char *const[]){is_api(r) ? "Accept: application/json" : "Accept: text/html", NULL});
}

static void ck_private(const struct routed *r, const struct answer *theirs, const struct answer *unknown)
{
	ck_assert_msg(theirs->status == 404 && unknown->status == 404, "%s: %d, unknown: %d", r->name,
		      theirs->status, unknown->status);
	ck_assert_str_eq(without_ids(theirs->body), without_ids(unknown->body));
	ck_assert_str_eq(theirs->type, unknown->type);
}

static void judge(const struct world *w, const struct routed *r, const char *field)
{
	size_t i = judgement(r, field);
	const char *id = w->ids[judged[i].thing];
	struct answer *a = call(w->other, w->csrf, r, field, id);

	switch (judged[i].rule) {
	case PUBLIC:
		ck_status(a, 200);
		break;
	case FORBIDDEN:
		ck_assert_msg(a->status == 403, "%s: %d %s", r->name, a->status, a->body);
		break;
	case PRIVATE:
		ck_private(r, a, call(w->other, w->csrf, r, field, unknown_id));
		break;
	case UNSHOWN:
		ck_status(a, 200);
		ck_assert_msg(strstr(a->body, "Ioana") == NULL, "%s shows data of another user", r->name);
		break;
	case OFFERED:
		ck_assert_msg(a->status == 409, "%s: a sold ticket is %d", r->name, a->status);
		break;
	}
}

static bool is_id_kind(const char *kind)
{
	size_t len = strlen(kind);

	return len > 3 && strcmp(kind + len - 3, "_id") == 0 && strcmp(kind, "provider_id") != 0;
}

START_TEST(other_users_get_what_the_list_says)
{
	struct world w = world();
	const char *before = tables_at_rest();

	for (size_t i = 0; i < routed_count; i++) {
		if (has_id(&routed[i]))
			judge(&w, &routed[i], "id");
		for (const struct form_field *f = fields_of(&routed[i]); f->kind != NULL; f++)
			if (is_id_kind(f->kind))
				judge(&w, &routed[i], f->name);
	}
	ck_unchanged(before);
}
END_TEST

/* The owner's own ids are accepted, so the refusals above depend on the user, and the ids belong to these
 * pages. */
START_TEST(the_owner_gets_in)
{
	struct world w = world();

	for (size_t i = 0; i < routed_count; i++) {
		const struct routed *r = &routed[i];
		size_t at;
		struct visitor *owner;

		if (!has_id(r) || !is_get(r))
			continue;
		at = judgement(r, "id");
		owner = judged[at].thing == TICKET ? w.seller : w.buyer;
		if (strcmp(r->name, "ticket_edit_page") == 0 ||
		    strcmp(r->name, "ticket_withdraw_page") == 0 || strcmp(r->name, "order_calendar") == 0)
			continue; /* a sold one cannot be changed; no calendar entry without a date */
		ck_assert_msg(call(owner, NULL, r, "id", w.ids[judged[at].thing])->status == 200, "%s",
			      r->name);
	}
}
END_TEST

static void ck_nobody(const struct routed *r, const struct answer *a)
{
	if (r->access == MACHINE) {
		ck_assert_msg(a->status == 400 || a->status == 401 || a->status == 403, "%s: %d", r->name,
			      a->status);
		return;
	}
	if (wants_session(r) && is_api(r)) {
		ck_assert_msg(a->status == 401, "%s: %d", r->name, a->status);
		ck_assert_str_eq(header_of(a, "WWW-Authenticate"), "Bearer");
	}
	if (wants_session(r) && !is_api(r)) {
		ck_assert_msg(a->status == 303, "%s: %d", r->name, a->status);
		ck_assert_int_eq(strncmp(a->location, "/signin?next=%2F", 16), 0);
	}
	if (r->access == SIGNED_OUT)
		ck_assert_msg(a->status == 403, "%s: %d", r->name, a->status);
}

/* Ids of existing things and complete forms, but no session. */
START_TEST(signed_out_requests_get_nothing)
{
	struct world w = world();
	const char *before = tables_at_rest();

	for (size_t i = 0; i < routed_count; i++) {
		const struct routed *r = &routed[i];
		const char *id = has_id(r) ? w.ids[judged[judgement(r, "id")].thing] : "";

		if (r->access == ANYONE && !is_get(r))
			continue; /* sign-up and sign-in by API: for everybody */
		ck_nobody(r, route_send(visitor_new(), r, id, form_body(r, w.csrf, NULL, NULL), NULL));
	}
	ck_unchanged(before);
}
END_TEST

/* The routes by which a signed-out user may change something; a new one needs a review. */
START_TEST(few_changes_are_open_to_everybody)
{
	static const char *const open[] = {"api_signup", "api_signin", "api_signout"};

	for (size_t i = 0; i < routed_count; i++) {
		bool known = is_get(&routed[i]) || routed[i].access != ANYONE;

		for (size_t k = 0; k < sizeof open / sizeof *open; k++)
			known = known || strcmp(open[k], routed[i].name) == 0;
		ck_assert_msg(known, "%s changes something for anyone", routed[i].name);
	}
}
END_TEST

Suite *security_routes_suite(void)
{
	Suite *s = suite_create("security routes");
	TCase *t = tcase_create("routes");

	tcase_set_timeout(t, 120);
	tcase_add_checked_fixture(t, flow_begin, flow_end);
	tcase_add_test(t, other_users_get_what_the_list_says);
	tcase_add_test(t, the_owner_gets_in);
	tcase_add_test(t, signed_out_requests_get_nothing);
	tcase_add_test(t, few_changes_are_open_to_everybody);
	suite_add_tcase(s, t);
	return s;
}
