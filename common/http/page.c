#include "common/http/internal.h"
#include "common/token/csrf.h"

struct html *reply_page(struct web *w, int status, const char *heading, struct page *ret_page)
{
	struct html *h = arena_alloc(w->arena, sizeof *h);
	const char *subject = csrf_subject(w, true);

	reply_begin(w, w->form_status != 0 ? w->form_status : status, "text/html");
	*h = (struct html){
	    .out = BUF(w->arena),
	    .locale = w->locale,
	    .currency = w->config->currency,
	    .viewer_zone = w->session.zone.v,
	};
	w->internal->page = h;
	*ret_page = (struct page){
	    .title = heading,
	    .signed_in = w->signed_in ? w->session.name.v : NULL,
	    .path = w->request.path,
	    .csrf = *subject == '\0' ? "" : csrf_token(w->arena, w->config->csrf_key, subject),
	    .owner = draft_owner(w),
	    .message = draft_message(w),
	    .key = w->internal->key != NULL ? w->internal->key : random_hex(w->arena),
	    .request_id = w->request.id,
	    .sandbox = w->config->stripe_sandbox,
	    .problems = &w->problems,
	    .typed = w->typed,
	};
	return h;
}
