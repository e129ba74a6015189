#ifndef STAGEDOOR_TICKETS_WORDS_H
#define STAGEDOOR_TICKETS_WORDS_H

#define WORDS_LIST "apps/tickets/words.def"
#include "common/html/declare_words.h"

#endif
