#include "tests/flow/lists.h"
#include <string.h>

const char *listed(struct visitor *seller, const char *json)
{
	struct answer *a = api(seller, "POST", "/api/tickets", "%s", json);

	ck_status(a, 201);
	return text_of(a, "id");
}

const char *api_ticket(const char *ticket)
{
	return arena_printf(flow_arena, "/api/tickets/%s", ticket);
}

const char *titles(const struct answer *a)
{
	const char *all = "";

	ck_status(a, 200);
	for (int i = 0; *text_of(a, arena_printf(flow_arena, "%d.id", i)) != '\0'; i++)
		all = arena_printf(flow_arena, "%s%s%s", all, i == 0 ? "" : ", ",
				   text_of(a, arena_printf(flow_arena, "%d.title", i)));
	return all;
}

const char *all_titles(const char *address)
{
	const char *all = "";
	struct visitor *v = visitor_new();

	for (int pages = 0; pages < 20; pages++) {
		struct answer *a = http(v, "GET", address, NULL, NULL, NULL);
		const char *link = header_of(a, "Link");

		all = arena_printf(flow_arena, "%s%s%s", all, *all == '\0' ? "" : ", ", titles(a));
		if (*link == '\0')
			return all;
		ck_assert_ptr_nonnull(strstr(link, "rel=\"next\""));
		address =
		    arena_memdup(flow_arena, strchr(link, '<') + 1, strcspn(strchr(link, '<') + 1, ">"));
	}
	ck_abort_msg("the list has no end");
}

void withdraw(struct visitor *seller, const char *address)
{
	struct answer *a = http(seller, "GET", address, NULL, NULL, NULL);

	for (int i = 0; *text_of(a, arena_printf(flow_arena, "%d.id", i)) != '\0'; i++)
		ck_status(api(seller, "DELETE", api_ticket(text_of(a, arena_printf(flow_arena, "%d.id", i))),
			      "%s", ""),
			  204);
}

const char *spot(const struct answer *a, const char *text)
{
	const char *at = strstr(a->body, text);

	ck_assert_msg(at != NULL, "no \"%s\" in %.1200s", text,
		      strstr(a->body, "<ul") != NULL ? strstr(a->body, "<ul") : a->body);
	return at;
}

void ck_lacks(const struct answer *a, const char *text)
{
	ck_assert_msg(strstr(a->body, text) == NULL, "\"%s\" in %.1200s", text, a->body);
}

const char *link_of(const struct answer *a, const char *text)
{
	const char *end = spot(a, text), *at = end;
	struct buf b = BUF(flow_arena);

	while (at > a->body && strncmp(at, "href=\"", 6) != 0)
		at--;
	for (at += 6; *at != '"'; at++) {
		buf_putc(&b, *at);
		if (strncmp(at, "&amp;", 5) == 0)
			at += 4;
	}
	return buf_text(&b);
}

const char *between(const struct answer *a, const char *before, const char *after)
{
	const char *from = spot(a, before) + strlen(before), *to = strstr(from, after);

	ck_assert_ptr_nonnull(to);
	return arena_memdup(flow_arena, from, (size_t)(to - from));
}
