#ifndef STAGEDOOR_SANDBOX_HTTP_H
#define STAGEDOOR_SANDBOX_HTTP_H

#include <stdbool.h>
#include <stdint.h>

/*
 * HTTP/1.1 on 127.0.0.1: the secret key, limits, and the routes to api.h and page.h. One thread for each
 * connection.
 */

/* Starts to listen. False when the port is not available. */
bool http_start(uint16_t port, const char *secret_key);

/* Closes every connection; called after book_stop. */
void http_stop(void);

#endif
