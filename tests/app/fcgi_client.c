#include "tests/app/fcgi_client.h"
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

enum { SILENCE_MS = 10000 };

int fcgi_connect(const char *socket_path)
{
	const struct timespec pause = {0, 10 * 1000 * 1000};
	struct sockaddr_un address = {.sun_family = AF_UNIX};

	if (strlen(socket_path) >= sizeof address.sun_path)
		return -1;
	strcpy(address.sun_path, socket_path);
	for (int i = 0; i < 500; i++) {
		int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

		if (connect(fd, (const struct sockaddr *)&address, sizeof address) == 0)
			return fd;
		close(fd);
		nanosleep(&pause, NULL);
	}
	return -1;
}

void fcgi_record(struct buf *b, enum fcgi_type type, int id, const void *content, size_t len)
{
	const unsigned char head[8] = {1,
				       (unsigned char)type,
				       (unsigned char)(id >> 8),
				       (unsigned char)id,
				       (unsigned char)(len >> 8),
				       (unsigned char)len};

	buf_add(b, head, sizeof head);
	if (len > 0)
		buf_add(b, content, len);
}

static void put_length(struct buf *b, size_t len)
{
	const unsigned char long_form[4] = {(unsigned char)(0x80 | len >> 24), (unsigned char)(len >> 16),
					    (unsigned char)(len >> 8), (unsigned char)len};

	if (len < 128)
		buf_putc(b, (char)len);
	else
		buf_add(b, long_form, sizeof long_form);
}

void fcgi_pair(struct buf *b, const char *name, const char *value)
{
	put_length(b, strlen(name));
	put_length(b, strlen(value));
	buf_puts(b, name);
	buf_puts(b, value);
}

static void put_params(struct buf *params, const struct fcgi_ask *ask, size_t body_len)
{
	const char *length = "";

	if (ask->body != NULL)
		length =
		    arena_printf(params->arena, "%zu", ask->said_len != 0 ? (size_t)ask->said_len : body_len);
	fcgi_pair(params, "REQUEST_METHOD", ask->method);
	fcgi_pair(params, "REQUEST_URI", ask->uri);
	fcgi_pair(params, "CONTENT_TYPE", ask->type == NULL ? "" : ask->type);
	fcgi_pair(params, "CONTENT_LENGTH", length);
	fcgi_pair(params, "REMOTE_ADDR", "127.0.0.1");
	fcgi_pair(params, "REQUEST_ID", "0123456789abcdef0123456789abcdef");
	for (size_t i = 0; ask->more[i] != NULL; i++) {
		const char *equals = strchr(ask->more[i], '=');

		fcgi_pair(params, arena_memdup(params->arena, ask->more[i], (size_t)(equals - ask->more[i])),
			  equals + 1);
	}
}

void fcgi_request(struct buf *b, const struct fcgi_ask *ask)
{
	const unsigned char begin[8] = {0, 1, ask->ends ? 0 : 1};
	struct buf params = BUF(b->arena);
	size_t len = ask->body == NULL ? 0 : ask->body_len != 0 ? ask->body_len : strlen(ask->body), at = 0;

	put_params(&params, ask, len);
	fcgi_record(b, FCGI_BEGIN, 1, begin, sizeof begin);
	fcgi_record(b, FCGI_PARAMS, 1, params.bytes, params.len);
	fcgi_record(b, FCGI_PARAMS, 1, NULL, 0);
	while (at < len) {
		size_t part = len - at < 32768 ? len - at : 32768;

		fcgi_record(b, FCGI_STDIN, 1, ask->body + at, part);
		at += part;
	}
	fcgi_record(b, FCGI_STDIN, 1, NULL, 0);
}

bool fcgi_send(int fd, const void *bytes, size_t len)
{
	const char *at = bytes;

	while (len > 0) {
		ssize_t n = send(fd, at, len, MSG_NOSIGNAL);

		if (n <= 0)
			return false;
		at += n;
		len -= (size_t)n;
	}
	return true;
}

static bool read_all(int fd, void *out, size_t len)
{
	struct pollfd p = {fd, POLLIN, 0};
	char *at = out;

	while (len > 0) {
		ssize_t n = poll(&p, 1, SILENCE_MS) == 1 ? read(fd, at, len) : 0;

		if (n <= 0)
			return false;
		at += n;
		len -= (size_t)n;
	}
	return true;
}

static bool split(struct buf *all, struct fcgi_reply *ret_reply)
{
	const char *text = buf_text(all), *status = strstr(text, "Status: "), *end = strstr(text, "\r\n\r\n");

	if (status == NULL || end == NULL || status > end)
		return false;
	ret_reply->status = atoi(status + strlen("Status: "));
	ret_reply->head = arena_memdup(all->arena, text, (size_t)(end + 2 - text));
	ret_reply->body = end + 4;
	ret_reply->body_len = all->len - (size_t)(end + 4 - text);
	return true;
}

bool fcgi_receive(int fd, struct arena *a, struct fcgi_reply *ret_reply)
{
	struct buf all = BUF(a);
	unsigned char head[8], content[65536 + 256];

	for (;;) {
		size_t len;

		if (!read_all(fd, head, sizeof head) || head[0] != 1)
			return false;
		len = (size_t)(head[4] << 8 | head[5]);
		if (!read_all(fd, content, len + head[6]))
			return false;
		if (head[1] == FCGI_STDOUT)
			buf_add(&all, content, len);
		else if (head[1] == FCGI_END)
			return split(&all, ret_reply);
	}
}

bool fcgi_call(int fd, struct arena *a, const struct fcgi_ask *ask, struct fcgi_reply *ret_reply)
{
	struct buf b = BUF(a);

	fcgi_request(&b, ask);
	return fcgi_send(fd, b.bytes, b.len) && fcgi_receive(fd, a, ret_reply);
}

bool fcgi_is_closed(int fd, int within_ms)
{
	struct pollfd p = {fd, POLLIN, 0};
	char byte;

	return poll(&p, 1, within_ms) == 1 && recv(fd, &byte, 1, MSG_PEEK | MSG_DONTWAIT) <= 0;
}
