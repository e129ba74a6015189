#include "tests/flow/routes.h"
#include "common/base/clock.h"
#include "common/base/text.h"
#include <arpa/inet.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define ROUTE(name, method, path, access, transaction, form, doc)                                            \
	{SERVICE, #name, #method, path, access, #form},
#define ROUTE_OF(name, method, path, id, access, transaction, form, doc)                                     \
	{SERVICE, #name, #method, path, access, #form},
#define ANSWER(...)
#define FAILS(...)
#define PART(...)
const struct routed routed[] = {
#include "all_routes.h"
};
#undef ROUTE
#undef ROUTE_OF
#undef ANSWER
#undef FAILS
#undef PART
const size_t routed_count = sizeof routed / sizeof *routed;

enum { FIELDS_MAX = 24 };
#define RECORD(name, doc)                                                                                    \
	{                                                                                                    \
		SERVICE, #name,                                                                              \
		{
#define FIELD(kind, name, doc)    {#kind, #name, false},
#define OPTIONAL(kind, name, doc) {#kind, #name, true},
#define END                                                                                                  \
	{                                                                                                    \
		NULL, NULL, false                                                                            \
	}                                                                                                    \
	}                                                                                                    \
	}                                                                                                    \
	,
static const struct {
	const char *service, *name;
	struct form_field fields[FIELDS_MAX];
} records[] = {
#include "all_records.h"
#define SERVICE NULL /* fields that all routes share */
#include "common/http/records.def"
#undef SERVICE
};
#undef RECORD
#undef FIELD
#undef OPTIONAL
#undef END

const struct form_field *fields_of(const struct routed *r)
{
	static const struct form_field none[] = {{NULL, NULL, false}};

	for (size_t i = 0; i < sizeof records / sizeof *records; i++)
		if ((records[i].service == NULL || strcmp(records[i].service, r->service) == 0) &&
		    strcmp(records[i].name, r->form) == 0)
			return records[i].fields;
	ck_assert_msg(strcmp(r->form, "nothing") == 0, "%s: no record %s", r->name, r->form);
	return none;
}

const char *with_id(const char *path, const char *id)
{
	const char *hole = strstr(path, "{");

	if (hole == NULL)
		return path;
	return arena_printf(flow_arena, "%.*s%s%s", (int)(hole - path), path, id, strchr(hole, '}') + 1);
}

bool has_id(const struct routed *r)
{
	return strchr(r->path, '{') != NULL;
}

bool is_api(const struct routed *r)
{
	return strncmp(r->path, "/api/", 5) == 0;
}

bool is_get(const struct routed *r)
{
	return strcmp(r->method, "GET") == 0;
}

bool has_body(const struct routed *r)
{
	return strcmp(r->method, "POST") == 0 || strcmp(r->method, "PUT") == 0;
}

bool wants_session(const struct routed *r)
{
	return r->access == SIGNED_IN || r->access == SIGNED_IN_ELSEWHERE;
}

const char *sent_name(const struct form_field *f)
{
	char *camel = arena_alloc(flow_arena, strlen(f->name) + 1);

	text_camel(f->name, camel);
	return camel;
}

static const char *address_of_nobody(void)
{
	static unsigned count;

	return arena_printf(flow_arena, "routes.%d.%lld.%u@example.com", (int)getpid(),
			    (long long)(clock_steady() % 1000000000), ++count);
}

const char *good_value(const char *kind)
{
	static const struct {
		const char *kind, *value;
	} values[] = {
	    {"title", "Routes"},
	    {"money", "38"},
	    {"category", "concert"},
	    {"venue", "Town Hall"},
	    {"when", "2027-12-03T19:30:00Z"},
	    {"time_zone", "Europe/London"},
	    {"seat", "Row F"},
	    {"currency_code", "USD"},
	    {"revision", "1"},
	    {"version", "1"},
	    {"password", "correct horse battery"},
	    {"display_name", "Routes"},
	    {"web_url", "/orders"},
	    {"short_text", "name"},
	    {"page_size", "10"},
	    {"ticket_id", "0199a1b2-c3d4-7e5f-8a9b-0c1d2e3f4a5b"},
	    {"order_id", "0199a1b2-c3d4-7e5f-8a9b-0c1d2e3f4a5b"},
	    {"provider_token", "tok_visa"},
	    {"boolean", "true"},
	    {"search_words", "strings"},
	    {"day_or_time", "2027-12-03"},
	    {"ticket_sort", "price"},
	    {"reason_text", "10"},
	    {"cursor_text", ""},
	};

	if (strcmp(kind, "email") == 0)
		return address_of_nobody();
	for (size_t i = 0; i < sizeof values / sizeof *values; i++)
		if (strcmp(values[i].kind, kind) == 0)
			return values[i].value;
	ck_abort_msg("no value of kind %s: add one to good_value", kind);
}

static void put_json_text(struct buf *b, const char *s)
{
	buf_putc(b, '"');
	for (; *s != '\0'; s++)
		if ((unsigned char)*s < 0x20 || *s == '"' || *s == '\\')
			buf_printf(b, "\\u%04x", (unsigned)(unsigned char)*s);
		else
			buf_putc(b, *s);
	buf_putc(b, '"');
}

static bool is_number(const char *kind)
{
	return strcmp(kind, "revision") == 0 || strcmp(kind, "version") == 0 ||
	       strcmp(kind, "page_size") == 0 || strcmp(kind, "boolean") == 0;
}

static void put_pair(struct buf *b, bool json, const struct form_field *f, const char *value, bool bare)
{
	if (b->len > 0)
		buf_putc(b, json ? ',' : '&');
	if (!json) {
		buf_printf(b, "%s=%s", sent_name(f), text_percent_encode(flow_arena, value));
		return;
	}
	buf_printf(b, "\"%s\":", sent_name(f));
	if (bare)
		buf_puts(b, value);
	else
		put_json_text(b, value);
}

const char *form_body(const struct routed *r, const char *csrf, const char *field, const char *value)
{
	bool json = is_api(r) && !is_get(r);
	struct buf b = BUF(flow_arena);

	for (const struct form_field *f = fields_of(r); f->kind != NULL; f++) {
		bool chosen = field != NULL && strcmp(f->name, field) == 0;
		const char *sent = chosen ? value : good_value(f->kind);

		if (*sent != '\0' || chosen)
			put_pair(&b, json, f, sent, !chosen && is_number(f->kind));
	}
	if (json)
		return arena_printf(flow_arena, "{%s}", buf_text(&b));
	if (csrf != NULL)
		buf_printf(&b, "%s_csrf=%s", b.len > 0 ? "&" : "", csrf);
	return buf_text(&b);
}

struct answer *route_send(struct visitor *v, const struct routed *r, const char *id, const char *body,
			  const char *const *headers)
{
	const char *path = with_id(r->path, id);

	if (is_get(r) || !has_body(r)) {
		if (is_get(r) && *body != '\0')
			path = arena_printf(flow_arena, "%s?%s", path, body);
		return http(v, r->method, path, NULL, NULL, headers);
	}
	return http(v, r->method, path, is_api(r) ? "application/json" : "application/x-www-form-urlencoded",
		    body, headers);
}

const char *csrf_of(struct visitor *v, const char *path)
{
	static const char before[] = "name=\"_csrf\" value=\"";
	const char *at = strstr(page(v, path)->body, before);

	return at == NULL ? ""
			  : arena_memdup(flow_arena, at + strlen(before), strcspn(at + strlen(before), "\""));
}

const char *without_ids(const char *body)
{
	static const char of_ids[] = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ-_.";
	struct buf b = BUF(flow_arena);

	while (*body != '\0') {
		size_t len = strspn(body, of_ids);

		if (len >= 32)
			buf_putc(&b, '#');
		else
			buf_add(&b, body, len);
		body += len;
		if (*body != '\0')
			buf_putc(&b, *body++);
	}
	return buf_text(&b);
}

static void put_table(struct buf *b, const char *service, const char *table)
{
	bool versioned = sql_number(service,
				    "SELECT COUNT(*) FROM information_schema.columns WHERE table_schema = "
				    "'stagedoor_%s' AND table_name = '%s' AND column_name = 'version'",
				    service, table) == 1;

	buf_printf(b, "%s.%s %s\n", service, table,
		   sql_text(service, "SELECT CONCAT(COUNT(*), ' ', %s) FROM `%s`",
			    versioned ? "COALESCE(SUM(version), 0)" : "''", table));
}

static const char *tables_now(void)
{
	struct buf b = BUF(flow_arena);

	for (size_t i = 0; services_with_database[i] != NULL; i++) {
		const char *all = sql_text(services_with_database[i],
					   "SELECT GROUP_CONCAT(table_name ORDER BY table_name) FROM "
					   "information_schema.tables WHERE table_schema = 'stagedoor_%s' "
					   "AND table_name NOT IN ('charge_task', 'webhook_event')",
					   services_with_database[i]);
		char *names = arena_strdup(flow_arena, all);

		for (char *name = strtok(names, ","); name != NULL; name = strtok(NULL, ","))
			put_table(&b, services_with_database[i], name);
	}
	return buf_text(&b);
}

static bool none_is_about_to_lapse(void *nothing)
{
	(void)nothing;
	return sql_number("orders",
			  "SELECT COUNT(*) FROM orders WHERE status IN ('created', 'awaiting_payment') "
			  "AND expires_at < UTC_TIMESTAMP() + INTERVAL 60 SECOND") == 0;
}

const char *tables_at_rest(void)
{
	ck_assert_msg(wait_until(30000, none_is_about_to_lapse, NULL), "holds of earlier tests do not end");
	settle(10000);
	return tables_now();
}

void ck_unchanged(const char *tables)
{
	const char *now = tables_now();

	while (*tables != '\0' && *now != '\0') {
		size_t len = strcspn(tables, "\n") + 1, len_now = strcspn(now, "\n") + 1;

		ck_assert_msg(len == len_now && strncmp(tables, now, len) == 0, "was %.*snow %.*s", (int)len,
			      tables, (int)len_now, now);
		tables += len;
		now += len_now;
	}
}

int raw_connect(void)
{
	struct sockaddr_in at = {.sin_family = AF_INET,
				 .sin_port = htons((uint16_t)atoi(strrchr(flow_url(), ':') + 1)),
				 .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	ck_assert_int_eq(connect(fd, (const struct sockaddr *)&at, sizeof at), 0);
	return fd;
}

int raw_begin(const char *begin)
{
	int fd = raw_connect();

	ck_assert_int_gt(send(fd, begin, strlen(begin), MSG_NOSIGNAL), 0);
	return fd;
}

const char *raw(const char *bytes, size_t len, int ms)
{
	int64_t end = clock_steady() + ms * INT64_C(1000);
	struct buf b = BUF(flow_arena);
	int fd = raw_connect();
	struct pollfd p = {fd, POLLIN, 0};
	char part[4096];
	ssize_t n;

	ck_assert_int_eq(send(fd, bytes, len, MSG_NOSIGNAL), (ssize_t)len);
	while (clock_steady() < end && poll(&p, 1, (int)((end - clock_steady()) / 1000) + 1) == 1 &&
	       (n = read(fd, part, sizeof part)) > 0)
		buf_add(&b, part, (size_t)n);
	close(fd);
	return buf_text(&b);
}

int raw_status(const char *answer)
{
	return strncmp(answer, "HTTP/1.", 7) == 0 ? atoi(answer + 9) : 0;
}
