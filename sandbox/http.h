#ifndef STAGEDOOR_SANDBOX_HTTP_H
#define STAGEDOOR_SANDBOX_HTTP_H

#include <stdbool.h>
#include <stdint.h>

/*
 * HTTP/1.1 on 127.0.0.1: the secret key, limits, and who answers what. A thread a connection.
 */

/* Listens. False when the port cannot be had. */
bool http_start(uint16_t port, const char *secret_key);

/* After book_stop: ends every connection. */
void http_stop(void);

#endif
