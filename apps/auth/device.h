#ifndef STAGEDOOR_AUTH_DEVICE_H
#define STAGEDOOR_AUTH_DEVICE_H

#include "apps/auth/auth.h"

/* Browsers that somebody has signed in with before. */

/* The id of the request's browser, when it was signed in to that account with the password that it has; else
 * NULL. Good for no more than to be counted apart: it proves nothing. */
const char *device_of(const struct web *w, const struct user *u);

/* The browser keeps, for a year, that it was signed in to that account; or keeps it no longer. */
void device_keep(struct web *w, const struct user *u);
void device_forget(struct web *w);

#endif
