#ifndef STAGEDOOR_BASE_SPLIT_H
#define STAGEDOOR_BASE_SPLIT_H

#include "common/base/arena.h"
#include <stddef.h>

/*
 * The words of well-formed UTF-8: runs of letters, marks and digits (Unicode general categories L, M and N);
 * all else parts them. As they are written, neither folded nor normalised. *ret_words has *ret_count entries
 * in the arena.
 */
void text_words(struct arena *a, const char *s, const char *const **ret_words, size_t *ret_count);

#endif
