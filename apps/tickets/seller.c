#include "apps/tickets/seller.h"

static const char *name_of(const struct seller_replica *seller)
{
	return seller->status.v == user_status_DELETED ? NULL : seller->display_name.v;
}

err seller_name(struct db *db, user_id id, const char **ret_name)
{
	struct seller_replica seller;
	err e = seller_by_id(db, &(struct seller_by_id_in){.id = id}, &seller);

	if (e != OK && e != ERR_NO_ROW)
		return e;
	*ret_name = e == OK ? name_of(&seller) : NULL;
	return OK;
}

err seller_check(struct db *db, user_id id)
{
	struct seller_replica seller;
	err e = seller_by_id(db, &(struct seller_by_id_in){.id = id}, &seller);

	if (e != OK)
		return e == ERR_NO_ROW ? OK : e;
	return seller.status.v == user_status_DELETED ? ERR_SIGNED_OUT : OK;
}

enum { TOGETHER = 10 };

/* The sellers of the rows, each once; returns how many. ids has room for count. */
static size_t distinct_sellers(const struct ticket *rows, size_t count, user_id *ids)
{
	size_t n = 0;

	for (size_t i = 0; i < count; i++) {
		size_t known = 0;

		while (known < n && !id_same(ids[known], rows[i].user_id))
			known++;
		if (known == n)
			ids[n++] = rows[i].user_id;
	}
	return n;
}

static err find_sellers(struct db *db, const user_id *ids, size_t count, struct seller_replica **ret_rows,
			size_t *ret_count)
{
	struct sellers_by_id_in in = {0};
	user_id *const slots[TOGETHER] = {&in.id0, &in.id1, &in.id2, &in.id3, &in.id4,
					  &in.id5, &in.id6, &in.id7, &in.id8, &in.id9};

	for (size_t i = 0; i < count; i++)
		*slots[i] = ids[i];
	return sellers_by_id(db, &in, ret_rows, ret_count);
}

static void put_names(const struct seller_replica *sellers, size_t known, const struct ticket *rows,
		      size_t count, const char **names)
{
	for (size_t i = 0; i < count; i++)
		for (size_t s = 0; s < known; s++)
			if (id_same(sellers[s].id, rows[i].user_id))
				names[i] = name_of(&sellers[s]);
}

err seller_names(struct db *db, const struct ticket *rows, size_t count, const char ***ret_names)
{
	const char **names = arena_array(db_arena(db), count, sizeof *names);
	user_id *ids = arena_array(db_arena(db), count, sizeof *ids);
	size_t distinct = distinct_sellers(rows, count, ids);
	err e;

	for (size_t at = 0; at < distinct; at += TOGETHER) {
		size_t batch = distinct - at < TOGETHER ? distinct - at : TOGETHER, known;
		struct seller_replica *sellers;

		if ((e = find_sellers(db, ids + at, batch, &sellers, &known)) != OK)
			return e;
		put_names(sellers, known, rows, count, names);
	}
	*ret_names = names;
	return OK;
}
