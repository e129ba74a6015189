#include "tests/load/visits.h"
#include "common/base/random.h"
#include "tests/flow/flow.h"
#include <stdio.h>
#include <string.h>

enum { STOCK = 4000, LOOKS = 12, LOOK_MS = 200, LOOK_MOST_MS = 2000, NEWS_SECONDS = 2, BANDS = 200 };

struct person {
	struct visitor *v;
};

int64_t bought, disappointed, sold_out;

static struct person *buyers, *sellers;
static int buyer_count, seller_count, hold_seconds, next_buyer;

/* Tickets that can be ordered from a time on, earliest first. */
static struct {
	char id[40];
	int64_t from;
} stock[STOCK];
static int stock_first, stock_count;

/* Tickets that sellers edit and nobody orders, by the number of their seller. */
enum { EDITED = 16 };
static char edited[EDITED][40];

static void stock_put(const char *id, int seconds)
{
	int at = (stock_first + stock_count) % STOCK;

	if (stock_count == STOCK)
		return;
	snprintf(stock[at].id, sizeof stock[at].id, "%s", id);
	stock[at].from = clock_steady() + seconds * SECOND;
	stock_count++;
}

const char *stock_take(void)
{
	int at = stock_first;

	if (stock_count == 0 || stock[at].from > clock_steady())
		return "";
	stock_first = (stock_first + 1) % STOCK;
	stock_count--;
	return stock[at].id;
}

void visits_prepare(int b, int s, int tickets, int hold)
{
	buyer_count = b;
	seller_count = s;
	hold_seconds = hold;
	buyers = arena_array(flow_arena, (size_t)b, sizeof *buyers);
	sellers = arena_array(flow_arena, (size_t)s, sizeof *sellers);
	for (int i = 0; i < b; i++)
		buyers[i].v = visitor_signed_up("Buyer");
	for (int i = 0; i < s; i++)
		sellers[i].v = visitor_signed_up("Seller");
	for (int i = 0; i < tickets + EDITED; i++) {
		struct answer *a =
		    api(sellers[i % s].v, "POST", "/api/tickets",
			"{\"title\":\"Band%03d "
			"live\",\"price\":\"%d.50\",\"category\":\"%s\",\"venue\":\"Town Hall\"}",
			i % BANDS, 5 + i % 90, i % 3 == 0 ? "sports" : "concert");

		ck_status(a, 201);
		if (i < EDITED)
			snprintf(edited[i], sizeof edited[i], "%s", text_of(a, "id"));
		else
			stock_put(text_of(a, "id"), NEWS_SECONDS);
	}
}

__attribute__((format(printf, 4, 5))) static bool get(struct request *r, enum what what, struct person *who,
						      const char *format, ...)
{
	va_list ap;

	r->what = what;
	r->cookies = who == NULL ? NULL : who->v->cookies;
	va_start(ap, format);
	vsnprintf(r->path, sizeof r->path, format, ap);
	va_end(ap);
	return true;
}

static bool is_good(const struct reply *r)
{
	return r != NULL && r->status >= 200 && r->status < 400;
}

static bool read_id(const struct reply *r, char id[40])
{
	const char *at = is_good(r) ? strstr(r->body, "\"id\":\"") : NULL;

	if (at == NULL)
		return false;
	snprintf(id, 40, "%.36s", at + 6);
	return true;
}

static struct person *somebody(void)
{
	return &buyers[next_buyer++ % buyer_count];
}

/* The front page, a filtered list, and a listing. */
static bool browse(struct visit *v, const struct reply *last, struct request *r)
{
	static const char *const narrowed[] = {"/?category=concert", "/?sort=price",
					       "/?category=sports&sort=-price", "/?minPrice=20&maxPrice=60"};

	(void)last;
	r->page = true;
	switch (v->step++) {
	case 0:
		return get(r, BROWSE, NULL, "/");
	case 1:
		return get(r, BROWSE, NULL, "%s", narrowed[random_below(4)]);
	case 2:
		return get(r, TICKET, NULL, "/tickets/%s", edited[random_below(EDITED)]);
	default:
		return false;
	}
}

static bool search(struct visit *v, const struct reply *last, struct request *r)
{
	(void)last;
	switch (v->step++) {
	case 0:
		r->page = true;
		return get(r, SEARCH, NULL, "/?q=band%03u+live", random_below(BANDS));
	case 1:
		return get(r, SEARCH, NULL, "/api/tickets?q=town&limit=20&sort=price");
	default:
		return false;
	}
}

static bool look_at_own(struct visit *v, const struct reply *last, struct request *r)
{
	static const char *const pages[] = {"/orders", "/selling", "/account"};

	(void)last;
	r->page = true;
	v->who = v->who == NULL ? somebody() : v->who;
	return v->step < 3 && get(r, OWN_PAGES, v->who, "%s", pages[v->step++]);
}

static bool sign_in(struct visit *v, const struct reply *last, struct request *r)
{
	struct person *p = somebody();

	(void)last;
	r->method = "POST";
	snprintf(r->body, sizeof r->body, "{\"email\":\"%s\",\"password\":\"%s\"}", p->v->email,
		 p->v->password);
	return v->step++ == 0 && get(r, SIGN_IN, NULL, "/api/users/signin");
}

static bool list_ticket(struct visit *v, const struct reply *last, struct request *r)
{
	char id[40];

	if (v->step++ > 0) {
		if (read_id(last, id))
			stock_put(id, NEWS_SECONDS);
		return false;
	}
	r->method = "POST";
	snprintf(r->body, sizeof r->body,
		 "{\"title\":\"Band%03u once more\",\"price\":\"%u.25\",\"category\":\"concert\"}",
		 random_below(BANDS), 5 + random_below(90));
	return get(r, SELL, &sellers[random_below((uint32_t)seller_count)], "/api/tickets");
}

static bool edit(struct visit *v, const struct reply *last, struct request *r)
{
	uint32_t n = random_below(EDITED);

	(void)last;
	r->method = "PUT";
	snprintf(r->body, sizeof r->body,
		 "{\"title\":\"Band000 edited\",\"price\":\"%u.75\",\"category\":\"concert\"}",
		 5 + random_below(90));
	return v->step++ == 0 &&
	       get(r, EDIT, &sellers[n % (uint32_t)seller_count], "/api/tickets/%s", edited[n]);
}

/* The first step of three kinds of visits; false when no ticket is free. */
static bool place(struct visit *v, struct request *r)
{
	const char *ticket = stock_take();

	sold_out += *ticket == '\0';
	v->who = somebody();
	snprintf(v->ticket, sizeof v->ticket, "%s", ticket);
	r->method = "POST";
	snprintf(r->body, sizeof r->body, "{\"ticketId\":\"%s\"}", ticket);
	return *ticket != '\0' && get(r, ORDER, v->who, "/api/orders");
}

/* Reads the order's id from the answer; a ticket that was not ordered returns to the stock. */
static bool placed(struct visit *v, const struct reply *last)
{
	if (read_id(last, v->order))
		return true;
	stock_put(v->ticket, NEWS_SECONDS);
	return false;
}

static bool give_up(void)
{
	disappointed++;
	return false;
}

/* Polls soon at first, then less and less often. */
static bool look(struct visit *v, struct request *r)
{
	r->pause_ms = v->tries < 4 ? LOOK_MS << v->tries : LOOK_MOST_MS;
	return v->tries++ < LOOKS ? get(r, LOOK, v->who, "/api/orders/%s", v->order) : give_up();
}

static bool buy(struct visit *v, const struct reply *last, struct request *r)
{
	switch (v->step) {
	case 0:
		v->step++;
		return place(v, r);
	case 1:
		v->step++;
		return placed(v, last) && look(v, r);
	case 2:
		if (!is_good(last))
			return give_up();
		if (strstr(last->body, "\"created\"") != NULL)
			return look(v, r);
		v->step++;
		v->tries = 0;
		r->method = "POST";
		r->pause_ms = LOOK_MS;
		snprintf(r->body, sizeof r->body, "{\"orderId\":\"%s\",\"token\":\"tok_visa\"}", v->order);
		return get(r, PAY, v->who, "/api/payments");
	case 3:
		v->step++;
		return is_good(last) ? look(v, r) : give_up();
	default:
		if (!is_good(last) || strstr(last->body, "\"cancelled\"") != NULL)
			return give_up();
		if (strstr(last->body, "\"completed\"") == NULL)
			return look(v, r);
		bought++;
		return false;
	}
}

static bool release(struct visit *v, const struct reply *last, struct request *r)
{
	switch (v->step++) {
	case 0:
		return place(v, r);
	case 1:
		r->method = "DELETE";
		return placed(v, last) && get(r, RELEASE, v->who, "/api/orders/%s", v->order);
	default:
		stock_put(v->ticket, is_good(last) ? NEWS_SECONDS : hold_seconds + 2 * NEWS_SECONDS);
		return false;
	}
}

static bool let_lapse(struct visit *v, const struct reply *last, struct request *r)
{
	if (v->step++ == 0)
		return place(v, r);
	if (placed(v, last))
		stock_put(v->ticket, hold_seconds + 2 * NEWS_SECONDS);
	return false;
}

struct share {
	int of_hundred;
	struct visit_kind kind;
};

static const struct visit_kind *pick(const struct share *shares)
{
	int at = (int)random_below(100);

	while (at >= shares->of_hundred)
		at -= (shares++)->of_hundred;
	return &shares->kind;
}

const struct visit_kind *pick_mixed(void)
{
	static const struct share shares[] = {{34, {"browse", browse}},
					      {16, {"search", search}},
					      {14, {"own pages", look_at_own}},
					      {4, {"sign in", sign_in}},
					      {10, {"list a ticket", list_ticket}},
					      {4, {"edit", edit}},
					      {10, {"buy", buy}},
					      {5, {"release", release}},
					      {3, {"let lapse", let_lapse}}};

	return pick(shares);
}

const struct visit_kind *pick_rush(void)
{
	static const struct share shares[] = {{57, {"browse", browse}},
					      {33, {"search", search}},
					      {5, {"own pages", look_at_own}},
					      {1, {"sign in", sign_in}},
					      {2, {"list a ticket", list_ticket}},
					      {1, {"buy", buy}},
					      {1, {"release", release}}};

	return pick(shares);
}
