#include "apps/tickets/day.h"
#include "apps/tickets/pages_share.h"
#include "apps/tickets/seller.h"
#include "apps/tickets/view.h"
#include "common/base/clock.h"

/* SITEMAP_MOST: sitemaps.org. A query gives no more than 10,000 rows. */
enum { FEED_ROWS = 50, SITEMAP_MOST = 50000, BATCH = 5000 };

/* nginx and readers cache them: new listings may appear that late. */
static const char kept_for[] = "public, max-age=300";

/* Whole seconds: some readers of XML dates know no fractions. */
static const char *feed_time(struct web *w, when at)
{
	return when_print(w->arena, (when){at.v - at.v % SECOND});
}

/* XML 1.0 excludes U+FFFE and U+FFFF, which a title may contain: U+FFFD replaces them. */
static const char *feed_text(struct web *w, const char *s)
{
	char *copy = arena_strdup(w->arena, s);

	for (char *at = copy; at != NULL && (at = strstr(at, "\xef\xbf")) != NULL; at += 3)
		if (at[2] == '\xbe' || at[2] == '\xbf')
			at[2] = '\xbd';
	return copy;
}

static struct sitemap_entries_in span_of_newest(int64_t rows)
{
	return (struct sitemap_entries_in){
	    .from = {clock_now()}, .until = {UNDATED}, .before = {UNDATED}, .rows = {rows}};
}

static void reply_xml(struct web *w, const char *type, const struct html *h)
{
	reply_text(w, 200, type, buf_text(&h->out));
	reply_header(w, "Cache-Control", kept_for);
}

static struct html feed_begin(struct web *w)
{
	return (struct html){.out = BUF(w->arena), .locale = w->locale};
}

err site_map(struct web *w, const struct site_map_in *unused)
{
	struct sitemap_entries_in in = span_of_newest(BATCH);
	size_t total = 1, count;
	struct html h = feed_begin(w);
	struct site_entry *rows;
	err e;

	(void)unused;
	feed_map_begin(&h);
	feed_place(&h, w->config->site_url, "/", NULL);
	do {
		if ((e = sitemap_entries(w->db, &in, &rows, &count)) != OK)
			return e;
		for (size_t i = 0; i < count && total < SITEMAP_MOST; i++, total++)
			feed_place(&h, w->config->site_url, url_ticket_page(w->arena, rows[i].id),
				   feed_time(w, rows[i].revised_at));
		if (count > 0) {
			in.until = in.before = rows[count - 1].created_at;
			in.before_id = rows[count - 1].id;
		}
	} while (count == BATCH && total < SITEMAP_MOST);
	feed_map_end(&h);
	reply_xml(w, "application/xml", &h);
	return OK;
}

err robots(struct web *w, const struct robots_in *unused)
{
	static const char rules[] = "User-agent: *\n"
				    "Disallow: /account\n"
				    "Disallow: /api/\n"
				    "Disallow: /orders\n"
				    "Disallow: /payments\n"
				    "Disallow: /selling\n"
				    "Disallow: /signin\n"
				    "Disallow: /signout\n"
				    "Disallow: /signup\n"
				    "Disallow: /tickets/new\n"
				    "Disallow: /tickets/*/edit\n"
				    "Disallow: /tickets/*/withdraw\n"
				    "Sitemap: %s/sitemap.xml\n";

	(void)unused;
	reply_text(w, 200, "text/plain", arena_printf(w->arena, rules, w->config->site_url));
	reply_header(w, "Cache-Control", kept_for);
	return OK;
}

static when changed_at(const struct ticket *t, const struct site_entry *entries, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (id_same(entries[i].id, t->id))
			return entries[i].revised_at;
	return t->created_at;
}

static struct feed_entry feed_entry_of(struct web *w, const struct ticket *t, const char *seller,
				       when changed)
{
	return (struct feed_entry){
	    .id = arena_printf(w->arena, "urn:uuid:%s", id_text(w->arena, t->id)),
	    .title = feed_text(w, t->title.v),
	    .url = arena_printf(w->arena, "%s%s", w->config->site_url, url_ticket_page(w->arena, t->id)),
	    .published = feed_time(w, t->created_at),
	    .updated = feed_time(w, changed),
	    .author = seller == NULL ? "Stagedoor" : feed_text(w, seller),
	    .category = t->category,
	    .summary = feed_text(w, share_description(w, t)),
	};
}

/* The newest listings, and when each was last changed. */
struct newest {
	struct ticket *rows;
	struct site_entry *entries;
	const char **sellers;
	size_t count, entry_count;
};

static err newest_find(struct web *w, struct newest *ret_newest)
{
	const struct sitemap_entries_in changes = span_of_newest(FEED_ROWS);
	const struct listing_span span = {
	    .from = {clock_now()},
	    .to = {UNDATED},
	    .from_day = {DAY_FIRST},
	    .to_day = {DAY_LAST},
	    .max_price = {kind_money.max},
	    .made = {UNDATED},
	    .key = {kind_natural.max},
	    .rows = {FEED_ROWS},
	};
	struct newest n;
	err e;

	if ((e = listings_by_newest(w->db, &span, &n.rows, &n.count)) != OK)
		return e;
	if ((e = sitemap_entries(w->db, &changes, &n.entries, &n.entry_count)) != OK)
		return e;
	if ((e = seller_names(w->db, n.rows, n.count, &n.sellers)) != OK)
		return e;
	*ret_newest = n;
	return OK;
}

err feed(struct web *w, const struct feed_in *unused)
{
	struct feed_view view = {
	    .site = w->config->site_url,
	    .self = arena_printf(w->arena, "%s%s", w->config->site_url, url_feed(w->arena)),
	    .title = web_tr(w, tr_feed_title),
	};
	struct feed_entry *entries;
	struct html h = feed_begin(w);
	struct newest n;
	when newest = {0};
	err e;

	(void)unused;
	if ((e = newest_find(w, &n)) != OK)
		return e;
	entries = arena_array(w->arena, n.count, sizeof *entries);
	for (size_t i = 0; i < n.count; i++) {
		when changed = changed_at(&n.rows[i], n.entries, n.entry_count);

		newest.v = changed.v > newest.v ? changed.v : newest.v;
		entries[i] = feed_entry_of(w, &n.rows[i], n.sellers[i], changed);
	}
	view.entries = entries;
	view.count = n.count;
	view.updated = feed_time(w, newest.v != 0 ? newest : (when){clock_now()});
	feed_atom(&h, &view);
	reply_xml(w, "application/atom+xml", &h);
	reply_header(w, "Vary", "Accept-Language");
	return OK;
}
