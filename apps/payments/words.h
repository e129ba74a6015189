#ifndef STAGEDOOR_PAYMENTS_WORDS_H
#define STAGEDOOR_PAYMENTS_WORDS_H

/* What the code of payments says. */
#define WORDS_LIST "apps/payments/words.def"
#include "common/html/declare_words.h"

#endif
