#ifndef STAGEDOOR_TESTS_APP_FCGI_CLIENT_H
#define STAGEDOOR_TESTS_APP_FCGI_CLIENT_H

#include "common/base/buf.h"
#include <stdbool.h>

/* The web server's side of FastCGI 1.0, record by record, so that tests can also send what no web server
 * sends. */
enum fcgi_type {
	FCGI_BEGIN = 1,
	FCGI_ABORT = 2,
	FCGI_END = 3,
	FCGI_PARAMS = 4,
	FCGI_STDIN = 5,
	FCGI_STDOUT = 6,
	FCGI_STDERR = 7,
	FCGI_GET_VALUES = 9,
};

struct fcgi_ask {
	const char *method, *uri;
	const char *type;    /* NULL: none */
	const char *body;    /* NULL: none */
	size_t body_len;     /* 0: strlen(body) */
	int said_len;        /* CONTENT_LENGTH; 0: body_len */
	const char *more[9]; /* further parameters "NAME=value", NULL ends */
	bool ends;           /* the connection is not kept open */
};

struct fcgi_reply {
	int status;
	const char *head, *body;
	size_t body_len;
};

/* A connection to the socket, or -1. Waits up to 5 s for a listener. */
int fcgi_connect(const char *socket);

/* Append a record, one name-value pair of a record's content, or a whole request. */
void fcgi_record(struct buf *b, enum fcgi_type type, int id, const void *content, size_t len);
void fcgi_pair(struct buf *b, const char *name, const char *value);
void fcgi_request(struct buf *b, const struct fcgi_ask *ask);

bool fcgi_send(int fd, const void *bytes, size_t len);

/* Reads the answer up to its end record; false when the connection ends before, sends nothing for 10 s, or
 * the answer is malformed. */
bool fcgi_receive(int fd, struct arena *a, struct fcgi_reply *ret_reply);

/* Sends a request and reads the answer. */
bool fcgi_call(int fd, struct arena *a, const struct fcgi_ask *ask, struct fcgi_reply *ret_reply);

/* Is the connection closed by the peer, now or within this time? */
bool fcgi_is_closed(int fd, int within_ms);

#endif
