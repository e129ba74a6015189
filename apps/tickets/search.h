#ifndef STAGEDOOR_TICKETS_SEARCH_H
#define STAGEDOOR_TICKETS_SEARCH_H

#include "common/base/arena.h"

/*
 * The expression for MATCH (search_text) AGAINST (… IN BOOLEAN MODE) that finds the listings with every
 * word of q: words of three characters and more as the beginning of a word, shorter ones as whole words
 * ("U2", "v"). Only letters, marks and digits of q get into it, so that no operator does. NULL (find all)
 * stays NULL; a q without words gives an expression that finds nothing. UTF-8; the result is in the arena.
 */
const char *search_terms(struct arena *a, const char *q);

#endif
