#include "common/base/buf.h"
#include "common/base/text.h"
#include "contract/documents.h"

enum { PERSONAL, IMPERSONAL };
enum { SERVICE_every = SERVICES };

static const struct {
	int database; /* a service, or SERVICE_every */
	const char *table;
	int personal;
	const char *holds, *exported, *erased, *kept;
} tables[] = {
#define TABLE(database, table, personal, holds, exported, erased, kept)                                      \
	{SERVICE_##database, #table, personal, holds, #exported, erased, kept},
#include "sql/privacy.def"
#undef TABLE
};

/* An unknown route is a bug. */
static const char *path_of(const char *route)
{
	if (text_same(route, "nothing"))
		return "";
	for (const struct listed_route *r = listed_routes; r->name != NULL; r++)
		if (text_same(r->name, route))
			return r->path;
	BUG_IF(true);
	return NULL;
}

const char *document_privacy(struct arena *a)
{
	struct buf b = BUF(a);

	buf_puts(
	    &b,
	    "# Personal data in the databases\n\n"
	    "Made from `sql/privacy.def` by `make docs`; a flow test compares the list with the databases. "
	    "Data in other places are in\n[SECURITY.md](SECURITY.md#what-is-kept-where-how-long).\n\n"
	    "| database | table | holds | personal | taken along by | deleting the account | kept until |\n"
	    "|---|---|---|---|---|---|---|\n");
	for (size_t i = 0; i < sizeof tables / sizeof *tables; i++) {
		const char *database =
			       tables[i].database == SERVICE_every ? "every" : services[tables[i].database],
			   *path = path_of(tables[i].exported);

		buf_printf(&b, "| %s | `%s` | %s | %s | %s | %s | %s |\n", database, tables[i].table,
			   tables[i].holds, tables[i].personal == PERSONAL ? "yes" : "no",
			   *path == '\0' ? "" : arena_printf(a, "`%s`", path), tables[i].erased,
			   tables[i].kept);
	}
	return buf_text(&b);
}
