/*
 * Full-text search by MariaDB's boolean mode: "+" demands a word, "*" after it makes it a beginning. The
 * words of q and those of search_text (sql/tickets) are cut in the same way.
 *
 * InnoDB leaves words of one and two characters and its stop words out of a full-text index. So each word
 * is stored and searched with two underlines before it, which makes every word long enough and none a stop
 * word. Words longer than the index holds would be dropped and the search would find too much: they find
 * nothing.
 *
 * What must hold: text_words gives letters, marks and digits alone, so that q cannot hold an operator or a
 * quote; a q that is not NULL never gives an empty expression, which would find nothing or all by
 * accident.
 */
#include "apps/tickets/search.h"
#include "common/base/buf.h"
#include "common/base/split.h"
#include "common/base/text.h"

/* In characters. PREFIX_MIN: shorter words match as a whole. WORD_MAX: innodb_ft_max_token_size (84)
 * without the underlines. */
enum { PREFIX_MIN = 3, WORD_MAX = 82 };

/* Every word of the index has two underlines before it, none has three. */
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

		if (length > WORD_MAX)
			return NOTHING;
		buf_printf(&b, "%s" WORD "%s%s", i == 0 ? "" : " ", words[i], length < PREFIX_MIN ? "" : "*");
	}
	return buf_text(&b);
}
