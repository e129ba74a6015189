#ifndef STAGEDOOR_HTTP_DOWNLOAD_H
#define STAGEDOOR_HTTP_DOWNLOAD_H

#include "common/http/idempotency_store.h"
#include "common/http/web.h"

/*
 * What is kept of a person, as a file to take along: stagedoor-<name>.json,
 *
 *   {"<name>": [ … ], "next": "https://…/data.json?cursor=…"}
 *
 * the newest first, at most 10,000 rows. With more there is "next", the address of the file that has the
 * rest, whose route takes download_form.
 */
enum { DOWNLOAD_ROWS = 10000, DOWNLOAD_PART = 500 };

/*
 * Appends the rows that come after `cursor` (NULL: the newest), at most `rows` of them; *ret_next: the cursor
 * of those after them, of letters that need no escape in an address, NULL at the end. Each part has an arena
 * of its own, w->arena and the database's, which is gone before the next one: nothing but *ret_next survives.
 * ERR_INVALID with a problem of the field "cursor" when there is no such place.
 */
typedef err download_part(struct web *w, const char *cursor, size_t rows, struct json_t *list,
			  const char **ret_next);

/* Replies with the file. url: its own address, without a query; cursor: as the form has it. */
err download_send(struct web *w, const char *name, const char *url, cursor_text cursor,
		  download_part *part) NODISCARD;

#endif
