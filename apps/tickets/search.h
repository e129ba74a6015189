#ifndef STAGEDOOR_TICKETS_SEARCH_H
#define STAGEDOOR_TICKETS_SEARCH_H

#include "common/base/arena.h"

/*
 * What MATCH (search_text) AGAINST (… IN BOOLEAN MODE) is given to find the listings that have every word of
 * q: words of three characters and more as the beginning of a word, shorter ones as whole words ("U2", "v").
 * Nothing of q but its letters, marks and digits gets into it. NULL finds all and stays NULL; what has no
 * words finds nothing.
 */
const char *search_terms(struct arena *a, const char *q);

#endif
