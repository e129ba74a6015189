#ifndef STAGEDOOR_HTTP_FLASH_H
#define STAGEDOOR_HTTP_FLASH_H

#include "common/http/web.h"

/*
 * Flash messages: the page that a 303 leads to reports once what was just done. The message is a word in a
 * sealed cookie that the page deletes. So no link can forge a message, and reloading the page does not repeat
 * it.
 */

/* Leaves the word ("password": lower-case letters) with the reply, for a minute. */
void flash_leave(struct web *w, const char *word);

/* Was that very word left? If so it is taken. */
bool flash_take(struct web *w, const char *word);

/* The same for a list, one of whose words is there at most: the sentence of that word; NULL: none is. */
struct flash_message {
	const char *word;
	const struct message *sentence;
};
const char *flash_take_one(struct web *w, const struct flash_message *list, size_t count);

#endif
