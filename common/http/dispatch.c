#include "common/base/log.h"
#include "common/base/text.h"
#include "common/db/outbox.h"
#include "common/http/internal.h"

static err run_handler(struct web *w, const void *in)
{
	err e = w->route->transaction == AUTO ? write_run(w, in) : w->route->call(w, in);

	if (e == OK && w->reply.status == 0) {
		log_error("%s answered nothing", w->route->name);
		return ERR_BUG;
	}
	return e;
}

static err read_id(const struct web *w, const struct match *match, void *in)
{
	if (w->route->id_kind == NULL)
		return OK;
	return uuid_parse(match->id, (uint8_t *)in + w->route->id_offset) == OK ? OK : ERR_NOT_FOUND;
}

static err body_check(const struct pool_request *request)
{
	if (request->body_is == BODY_TOO_LARGE)
		return ERR_TOO_LARGE;
	return request->body_is == BODY_WHOLE ? OK : ERR_MALFORMED;
}

/* The checks, in order; the first that fails decides the answer. */
static err run_route(struct web *w, const struct match *match)
{
	void *in = arena_alloc(w->arena, w->route->in_size);
	err e;

	if ((e = body_check(w->internal->request)) != OK)
		return e;
	if (route_wants_session(w->route) && !w->signed_in)
		return ERR_SIGNED_OUT;
	if ((e = media_check(w)) != OK)
		return e;
	if (w->route->access != MACHINE) {
		if ((e = origin_check(w)) != OK)
			return e;
		if ((e = input_pairs(w)) != OK)
			return e;
		if ((e = csrf_check(w)) != OK)
			return e;
		draft_show(w);
	}
	if ((e = read_id(w, match, in)) != OK)
		return e;
	if ((e = input_form(w, in)) != OK)
		return e;
	return run_handler(w, in);
}

static bool shows_form_again(const struct web *w, err e)
{
	e = error_public(e);
	if (w->request.api || w->route == NULL || web_is_get(w) || w->route->access == MACHINE ||
	    w->route->access == SIGNED_IN_ELSEWHERE)
		return false;
	/* a form of this site whose session has changed: the input is kept */
	if (e == ERR_CSRF)
		return w->internal->own_page;
	return e == ERR_INVALID || e == ERR_CONFLICT ||
	       (e == ERR_SIGNED_OUT && w->route->access == SIGNED_OUT);
}

/* Shows the page of the form again, with the problems; false when there is no such page, or it fails too. */
static bool form_again(struct web *w, err failed)
{
	struct match match;
	void *in;

	failed = error_public(failed);
	if (route_match(w->arena, w->internal->site->routes, "GET", w->request.path, &match) != OK)
		return false;
	if (match.route->access == SIGNED_IN && !w->signed_in)
		return false;
	in = arena_alloc(w->arena, match.route->in_size);
	w->route = match.route;
	w->form_status = err_status(failed);
	if (w->detail != NULL || w->problems.first == NULL)
		(void)problems_add(&w->problems, NULL,
				   w->detail != NULL ? w->detail : web_tr(w, err_sentence(failed)));
	return read_id(w, &match, in) == OK && run_handler(w, in) == OK;
}

static void answer_failure(struct web *w, err e)
{
	const struct route *route = w->route;

	if (shows_form_again(w, e) && form_again(w, e))
		return;
	if (e == ERR_SIGNED_OUT)
		draft_keep(w);
	w->route = route;
	error_answer(w, e);
}

static err dispatch_answer(struct web *w)
{
	struct match match;
	err e, found;

	e = request_read(w);
	w->locale = locale_for(web_header(w, "Accept-Language"));
	w->problems.locale = w->locale;
	log_request(w->request.id);
	if (e != OK)
		return e;
	db_correlate(w->db, w->request.id);
	found = route_match(w->arena, w->internal->site->routes, w->request.method, w->request.path, &match);
	w->route = match.route;
	if (w->route == NULL || w->route->access != MACHINE)
		session_find(w);
	if (match.allow != NULL)
		reply_header(w, "Allow", match.allow);
	if (found != OK)
		return found;
	if ((e = shed_late(w)) != OK)
		return e;
	return run_route(w, &match);
}

/* A reply that a handler built before it failed is sent, unless its status reports success. */
static bool has_own_answer(const struct web *w, err e)
{
	return e == ERR_REPLAYED ? w->reply.status != 0 : w->reply.status >= 300;
}

void web_answer(const struct web_site *site, struct db *db, struct arena *a,
		const struct pool_request *request, struct pool_answer *ret_answer)
{
	struct web_internal inside = {.site = site, .request = request, .params = request->params};
	struct web w = {.arena = a,
			.db = db,
			.config = site->config,
			.keyring = site->keyring,
			.problems = {.arena = a},
			.typed = arena_alloc(a, sizeof *w.typed),
			.app = site->app,
			.internal = &inside};
	err e;

	db_use(db, a);
	reply_reset(&w);
	e = dispatch_answer(&w);
	if (e != OK && !has_own_answer(&w, e))
		answer_failure(&w, e);
	else if (w.reply.status == 303)
		draft_drop(&w);
	else if (w.reply.status >= 500)
		log_warn("%s answered %d", w.route->name, w.reply.status);
	reply_finish(&w, ret_answer);
	db_correlate(db, NULL);
	log_request(NULL);
}
