#ifndef STAGEDOOR_AUTH_DEVICE_H
#define STAGEDOOR_AUTH_DEVICE_H

#include "apps/auth/auth.h"

/* Browsers that were signed in to an account before: the sealed cookie `device`. */

/* The id (hex, in the request's arena) of the request's browser, if it was signed in to that account
 * while the account had the password that it has now; else NULL. For counting tries apart only: it
 * proves nothing. */
const char *device_of(const struct web *w, const struct user *u);

/* Sets the cookie for a year: this browser was signed in to that account. It keeps its id. */
void device_keep(struct web *w, const struct user *u);

/* Deletes the cookie. */
void device_forget(struct web *w);

#endif
