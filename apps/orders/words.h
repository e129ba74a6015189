#ifndef STAGEDOOR_ORDERS_WORDS_H
#define STAGEDOOR_ORDERS_WORDS_H

/* What the code of orders says. */
#define WORDS_LIST "apps/orders/words.def"
#include "common/html/declare_words.h"

#endif
