#include "apps/tickets/search.h"
#include "common/base/buf.h"
#include "common/base/split.h"
#include "common/base/text.h"

/* LONGEST: InnoDB leaves longer words out of its index (innodb_ft_max_token_size, 84 with the underlines). */
enum { BEGINNING = 3, LONGEST = 82 };

/* Every word of the index has two underlines before it (sql/tickets), none has three. */
#define WORD    "+__"
#define NOTHING "+___"

const char *search_terms(struct arena *a, const char *q)
{
	struct buf b = BUF(a);
	const char *const *words;
	size_t count;

	if (q == NULL)
		return NULL;
	text_words(a, q, &words, &count);
	if (count == 0)
		return NOTHING;
	for (size_t i = 0; i < count; i++) {
		size_t length = text_length(words[i]);

		if (length > LONGEST)
			return NOTHING;
		buf_printf(&b, "%s" WORD "%s%s", i == 0 ? "" : " ", words[i], length < BEGINNING ? "" : "*");
	}
	return buf_text(&b);
}
