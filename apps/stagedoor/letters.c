#include "apps/stagedoor/letters.h"
#include "apps/stagedoor/complain.h"
#include "apps/stagedoor/connections.h"
#include "common/base/text.h"
#include "common/schema/services.h"
#include <string.h>

struct letter_id {
	const char *service;
	int64_t number;
};

const char *letter_id_text(struct arena *a, const char *service, const struct letter *l)
{
	return arena_printf(a, "%s-%lld", service, (long long)l->id.v);
}

/* ERR_MALFORMED: no service of that name, or no number. */
static err letter_id_parse(const char *text, struct letter_id *ret_id)
{
	for (size_t i = 0; services_with_database[i] != NULL; i++) {
		size_t len = strlen(services_with_database[i]);
		int64_t number;

		if (!text_starts(text, services_with_database[i]) || text[len] != '-')
			continue;
		if (text_number(text + len + 1, kind_natural.max, &number) != OK || number == 0)
			return ERR_MALFORMED;
		*ret_id = (struct letter_id){services_with_database[i], number};
		return OK;
	}
	return ERR_MALFORMED;
}

const char *letter_state(const struct letter *l)
{
	if (!l->undecided.v)
		return "retried";
	return l->times.v > 1 ? "failed again" : "new";
}

static int each_of(struct arena *page, struct db *db, const char *service, struct dead_letters_after_in *in,
		   letters_work *fn, void *context)
{
	struct letter *letters;
	size_t count;
	int rc = 0;

	do {
		arena_reset(page);
		if (dead_letters_after(db, in, &letters, &count) != OK)
			return complain("%s: the dead letters could not be read", service);
		if (count == 0)
			return 0;
		in->after = letters[count - 1].id;
		rc = fn(db, service, letters, count, context);
	} while (rc == 0);
	return rc;
}

int letters_each(const struct config *config, const struct options *options, bool undecided, letters_work *fn,
		 void *context)
{
	struct arena *a = arena_new(), *page = arena_new();
	int rc = 0;

	for (size_t i = 0; services_with_database[i] != NULL; i++) {
		struct dead_letters_after_in in = {.undecided = {undecided},
						   .queue = {options->queue},
						   .type = {options->type},
						   .reason = {options->reason},
						   .since = options->since};
		struct db *db = service_db(a, config, services_with_database[i], 60);

		db_use(db, page);
		rc |= each_of(page, db, services_with_database[i], &in, fn, context);
		db_use(db, a);
	}
	arena_free(page);
	arena_free(a);
	return rc;
}

static int one_named(struct arena *a, const struct config *config, const char *operand, letters_work *fn,
		     void *context)
{
	struct letter_id id;
	struct letter letter;
	struct db *db;
	err e;

	if (letter_id_parse(operand, &id) != OK)
		return complain("%s is no id of a dead letter, such as orders-17 (stagedoor dead list)",
				operand);
	db = service_db(a, config, id.service, 0);
	e = dead_letter_by_id(db, &(struct dead_letter_by_id_in){.id = {id.number}}, &letter);
	if (e == ERR_NO_ROW)
		return complain("there is no dead letter %s", operand);
	if (e != OK)
		return complain("%s: the dead letters could not be read", id.service);
	return fn(db, id.service, &letter, 1, context);
}

int letters_named(const struct config *config, const struct options *options, letters_work *fn, void *context)
{
	int rc = 0;

	for (size_t i = 0; i < options->count; i++) {
		struct arena *a = arena_new();

		rc |= one_named(a, config, options->operands[i], fn, context);
		arena_free(a);
	}
	return rc;
}
