#include "apps/tickets/pages_share.h"
#include "apps/tickets/hold.h"
#include "apps/tickets/ticket.h"
#include "apps/tickets/view.h"
#include "common/base/clock.h"
#include "common/html/json_ld.h"

static const char *absolute_url(struct web *w, const char *path)
{
	return arena_printf(w->arena, "%s%s", w->config->site_url, path);
}

/* The locale as Open Graph writes it: en_GB. A language without a region has its first one. */
static const char *locale_name(struct web *w)
{
	static const struct {
		const char *tag, *name;
	} whole[] = {{"en", "en_US"}, {"de", "de_DE"}};
	char *name = arena_strdup(w->arena, w->locale->tag), *dash = strchr(name, '-');

	for (size_t i = 0; i < sizeof whole / sizeof *whole; i++)
		if (strcmp(name, whole[i].tag) == 0)
			return whole[i].name;
	if (dash != NULL)
		*dash = '_';
	return name;
}

static void description_add(struct buf *b, const char *part)
{
	if (part != NULL)
		buf_printf(b, "%s%s", b->len == 0 ? "" : " · ", part);
}

const char *share_description(struct web *w, const struct ticket *t)
{
	const char *zone = t->time_zone.v;
	struct buf b = BUF(w->arena);

	description_add(&b, web_tr(w, category_label(t->category)));
	description_add(&b, t->venue.v);
	description_add(&b, t->starts_at.v == 0
				? NULL
				: locale_time(w->arena, w->locale, t->starts_at.v, zone, TIME_FULL));
	description_add(&b, t->seat.v);
	description_add(&b, money_text(w->arena, w->locale, t->price, t->currency.v));
	return buf_text(&b);
}

static struct json_t *ld_object(struct arena *a, const char *type)
{
	struct json_t *o = json_object_new(a);

	json_put_text(o, "@type", type);
	return o;
}

/* LimitedAvailability for a held ticket: the hold may end without a sale. */
static const char *ld_availability(const struct ticket *t)
{
	if (ticket_is_free(t))
		return "https://schema.org/InStock";
	return t->status.v == ticket_status_LISTED ? "https://schema.org/LimitedAvailability"
						   : "https://schema.org/SoldOut";
}

static struct json_t *ld_offer(struct web *w, const struct ticket *t, const char *url)
{
	struct json_t *o = ld_object(w->arena, "Offer");

	json_put_text(o, "price", money_decimal(w->arena, t->price, t->currency.v));
	json_put_text(o, "priceCurrency", t->currency.v);
	json_put_text(o, "availability", ld_availability(t));
	json_put_text(o, "url", url);
	json_put_text(o, "validFrom",
		      when_print(w->arena, (when){t->created_at.v - t->created_at.v % SECOND}));
	return o;
}

/* "Town Hall, Leeds": the form asks for the venue and its town. */
static struct json_t *ld_place(struct web *w, const struct ticket *t)
{
	struct json_t *o = ld_object(w->arena, "Place");
	const char *comma = strchr(t->venue.v, ','), *town = comma == NULL ? "" : comma + 1;
	size_t length = comma == NULL ? strlen(t->venue.v) : (size_t)(comma - t->venue.v);

	town += strspn(town, " ");
	if (length == 0 || *town == '\0') {
		json_put_text(o, "name", t->venue.v);
		return o;
	}
	json_put_text(o, "name", arena_memdup(w->arena, t->venue.v, length));
	json_put_text(o, "address", town);
	return o;
}

/* schema.org: an Event with an Offer. Search engines refuse an Event without a date or a place, so such a
 * listing is a Product. */
static struct json_t *ld_goods(struct web *w, const struct ticket *t, const char *url)
{
	bool is_event = t->starts_at.v != 0 && t->venue.v != NULL;
	struct json_t *o = ld_object(w->arena, is_event ? "Event" : "Product");

	json_put_text(o, "@context", "https://schema.org");
	json_put_text(o, "name", t->title.v);
	json_put_text(o, "url", url);
	json_put_text(o, "image", absolute_url(w, "/static/card.png"));
	if (is_event) {
		json_put_text(o, "startDate", when_print(w->arena, t->starts_at));
		json_put(o, "location", ld_place(w, t));
	}
	json_put(o, "offers", ld_offer(w, t, url));
	return o;
}

static const markup no_index = {"<meta name=\"robots\" content=\"noindex\">\n"};

markup share_ticket(struct web *w, struct html *h, const struct ticket *t)
{
	const char *url = absolute_url(w, url_ticket_page(w->arena, t->id));
	struct html head = html_aside(h);

	head_card(&head, &(struct card_tags){.title = t->title.v,
					     .type = "website",
					     .description = share_description(w, t),
					     .url = url,
					     .locale = locale_name(w),
					     .image = absolute_url(w, "/static/card.png")});
	if (t->status.v != ticket_status_LISTED)
		html_put(&head, no_index);
	html_put(&head, html_json_ld(w->arena, ld_goods(w, t, url)));
	return (markup){buf_text(&head.out)};
}

markup share_front(struct web *w, struct html *h, const char *heading)
{
	struct html head = html_aside(h);

	head_card(&head,
		  &(struct card_tags){.title = heading,
				      .type = "website",
				      .description = tr_text_share_site(w->arena, w->locale, hold_text(w)),
				      .url = absolute_url(w, "/"),
				      .locale = locale_name(w),
				      .image = absolute_url(w, "/static/card.png")});
	head_feed(&head, web_tr(w, tr_title_feed));
	return (markup){buf_text(&head.out)};
}
