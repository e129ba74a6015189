#include "tests/load/engine.h"
#include <arpa/inet.h>
#include <check.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

enum { IN_MAX = 512 * 1024, COME_AGAIN = 5, PATIENCE = 45 };

const char *const what_names[WHATS] = {
    [BROWSE] = "browse",       [SEARCH] = "search",       [TICKET] = "ticket page", [SIGN_IN] = "sign-in",
    [OWN_PAGES] = "own pages", [ORDER] = "order",         [LOOK] = "look at order", [PAY] = "pay",
    [RELEASE] = "release",     [EDIT] = "edit a listing", [SELL] = "list a ticket",
};

/* A visit in progress. */
struct travel {
	struct visit visit;
	struct travel *next; /* in the list of pausing ones or the free list */
	struct request request;
	int fd;             /* -1: none */
	bool connecting;    /* send the request once connected */
	int64_t due, asked; /* when to send; the start of the answer time */
	int come_again;
	bool rests;
	char *in;
	size_t have, room;
};

struct pool_of_fds {
	int *fds;
	int count, room;
};

static struct {
	struct drive *d;
	int epoll, port;
	struct travel *pausing, *free;
	struct pool_of_fds idle;
	int64_t under_way, resting; /* resting: visits that pause by their own choice */
} e;

static void fd_keep(int fd)
{
	if (e.idle.count == e.idle.room) {
		e.idle.room = e.idle.room * 2 + 64;
		e.idle.fds = realloc(e.idle.fds, (size_t)e.idle.room * sizeof *e.idle.fds);
		ck_assert_ptr_nonnull(e.idle.fds);
	}
	e.idle.fds[e.idle.count++] = fd;
}

/* A kept connection that the server has not closed. */
static int fd_idle(void)
{
	char byte;

	while (e.idle.count > 0) {
		int fd = e.idle.fds[--e.idle.count];

		if (recv(fd, &byte, 1, MSG_PEEK | MSG_DONTWAIT) < 0 && errno == EAGAIN)
			return fd;
		close(fd);
	}
	return -1;
}

static int fd_new(bool *ret_connecting)
{
	struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons((uint16_t)e.port)};
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);

	ck_assert_msg(fd >= 0, "socket: %s", strerror(errno));
	inet_pton(AF_INET, "127.0.0.1", &to.sin_addr);
	*ret_connecting = connect(fd, (struct sockaddr *)&to, sizeof to) != 0;
	ck_assert_msg(!*ret_connecting || errno == EINPROGRESS, "connect: %s", strerror(errno));
	return fd;
}

static void watch(struct travel *t, uint32_t events)
{
	struct epoll_event event = {.events = events, .data.ptr = t};

	if (epoll_ctl(e.epoll, EPOLL_CTL_ADD, t->fd, &event) != 0)
		ck_assert_int_eq(epoll_ctl(e.epoll, EPOLL_CTL_MOD, t->fd, &event), 0);
}

static void transmit(struct travel *t)
{
	const struct request *r = &t->request;
	char text[12000], entity[400] = "";
	int len;

	if (r->body[0] != '\0')
		snprintf(entity, sizeof entity, "Content-Type: application/json\r\nContent-Length: %zu\r\n",
			 strlen(r->body));
	len = snprintf(text, sizeof text,
		       "%s %s HTTP/1.1\r\nHost: 127.0.0.1:%d\r\nAccept: %s\r\n%s%s%s%s\r\n%s", r->method,
		       r->path, e.port, r->page ? "text/html" : "application/json",
		       r->cookies == NULL ? "" : "Cookie: ", r->cookies == NULL ? "" : r->cookies,
		       r->cookies == NULL ? "" : "\r\n", entity, r->body);
	ck_assert_int_lt(len, (int)sizeof text);
	t->have = 0;
	t->connecting = false;
	watch(t, EPOLLIN);
	/* the read reports a connection that was closed just now */
	if (send(t->fd, text, (size_t)len, MSG_NOSIGNAL) < 0 && errno != EPIPE && errno != ECONNRESET)
		ck_abort_msg("send: %s", strerror(errno));
}

static void ask(struct travel *t)
{
	bool connecting = false;

	e.resting -= t->rests;
	t->rests = false;
	if ((t->fd = fd_idle()) < 0)
		t->fd = fd_new(&connecting);
	e.d->requests++;
	t->connecting = connecting;
	if (connecting)
		watch(t, EPOLLOUT);
	else
		transmit(t);
}

static void send_later(struct travel *t, int64_t at)
{
	t->due = t->asked = at;
	t->next = e.pausing;
	e.pausing = t;
}

static void visit_end(struct travel *t)
{
	e.under_way--;
	t->next = e.free;
	e.free = t;
}

static void visit_go_on(struct travel *t, const struct reply *last)
{
	struct request *r = &t->request;

	*r = (struct request){.method = "GET"};
	t->come_again = 0;
	if (!t->visit.kind->next(&t->visit, last, r)) {
		visit_end(t);
		return;
	}
	t->rests = r->pause_ms > 0;
	e.resting += t->rests;
	send_later(t, clock_steady() + r->pause_ms * INT64_C(1000));
}

static void visit_begin(int64_t due)
{
	struct travel *t = e.free;
	struct request *r;

	if (t == NULL)
		t = calloc(1, sizeof *t);
	else
		e.free = t->next;
	ck_assert_ptr_nonnull(t);
	t->visit = (struct visit){.kind = e.d->pick()};
	t->come_again = 0;
	t->fd = -1;
	r = &t->request;
	*r = (struct request){.method = "GET"};
	e.under_way++;
	e.d->visits++;
	if (t->visit.kind->next(&t->visit, NULL, r))
		send_later(t, due);
	else
		visit_end(t);
}

static void note_time(struct count *c, int64_t took)
{
	if ((size_t)c->good == c->room) {
		c->room = c->room * 2 + 256;
		c->took = realloc(c->took, c->room * sizeof *c->took);
		ck_assert_ptr_nonnull(c->took);
	}
	c->took[c->good++] = took;
}

/* Retry-After in seconds; 0 when there is none. */
static int retry_after(const char *head)
{
	const char *at = head == NULL ? NULL : strcasestr(head, "\r\nRetry-After: ");

	return at == NULL ? 0 : atoi(at + 15);
}

static void answered(struct travel *t, int status, const char *head, const char *body)
{
	struct count *c = &e.d->counts[t->request.what];
	const struct reply reply = {status, body};
	int again = retry_after(head);
	bool is_away = (status == 503 || status == 502 || status == 504) && again > 0;

	if (status >= 200 && status < 400)
		note_time(c, clock_steady() - t->asked);
	else if (status >= 400 && status < 500)
		c->refused++;
	else if (is_away)
		*(status == 503 ? &c->shed : &c->away) += 1;
	else
		c->broken++;
	if (!is_away) {
		visit_go_on(t, &reply);
	} else if (e.d->patient && t->come_again++ < COME_AGAIN) {
		send_later(t, clock_steady() + again * SECOND);
	} else {
		e.d->given_up++;
		visit_end(t);
	}
}

/* The length of the whole answer; 0 while that is not known. Chunked ones end with an empty chunk. */
static size_t whole(struct travel *t, const char **ret_body)
{
	char *end = strstr(t->in, "\r\n\r\n");
	const char *length;

	if (end == NULL)
		return 0;
	*ret_body = end + 4;
	length = strcasestr(t->in, "\r\nContent-Length: ");
	if (length != NULL && length < end)
		return (size_t)(end + 4 - t->in) + (size_t)atoll(length + 18);
	if (atoi(t->in + 9) == 204)
		return (size_t)(end + 4 - t->in);
	return t->have >= 5 && memcmp(t->in + t->have - 5, "0\r\n\r\n", 5) == 0 ? t->have : 0;
}

static void leave_connection(struct travel *t, bool keep)
{
	epoll_ctl(e.epoll, EPOLL_CTL_DEL, t->fd, NULL);
	if (keep)
		fd_keep(t->fd);
	else
		close(t->fd);
	t->fd = -1;
}

static void readable(struct travel *t)
{
	const char *body;
	size_t len;
	ssize_t n;

	if (t->room - t->have < 16384) {
		t->room = t->room * 2 + 32768;
		ck_assert_uint_lt(t->room, IN_MAX * 2);
		t->in = realloc(t->in, t->room);
		ck_assert_ptr_nonnull(t->in);
	}
	n = recv(t->fd, t->in + t->have, t->room - t->have - 1, MSG_DONTWAIT);
	if (n < 0 && errno == EAGAIN)
		return;
	if (n <= 0) {
		leave_connection(t, false);
		answered(t, 0, NULL, "");
		return;
	}
	t->have += (size_t)n;
	t->in[t->have] = '\0';
	if ((len = whole(t, &body)) == 0 || t->have < len)
		return;
	leave_connection(t, strcasestr(t->in, "\r\nConnection: close") == NULL);
	answered(t, atoi(t->in + 9), t->in, body);
}

static void connected(struct travel *t)
{
	int error = 0;
	socklen_t len = sizeof error;

	getsockopt(t->fd, SOL_SOCKET, SO_ERROR, &error, &len);
	if (error == 0) {
		transmit(t);
		return;
	}
	leave_connection(t, false);
	answered(t, 0, NULL, "");
}

static void send_due(int64_t now)
{
	struct travel *later = NULL, *t;

	while ((t = e.pausing) != NULL) {
		e.pausing = t->next;
		if (t->due > now) {
			t->next = later;
			later = t;
		} else {
			ask(t);
		}
	}
	e.pausing = later;
}

static void begin_due(int64_t began, int64_t now)
{
	struct drive *d = e.d;

	if (d->rate > 0)
		while (began + (int64_t)((double)d->visits * 1e6 / d->rate) <= now)
			visit_begin(began + (int64_t)((double)d->visits * 1e6 / d->rate));
	else
		while (e.under_way - e.resting < d->at_once)
			visit_begin(now);
}

static void turn(void)
{
	struct epoll_event events[256];
	int n = epoll_wait(e.epoll, events, 256, 1);

	for (int i = 0; i < n; i++) {
		struct travel *t = events[i].data.ptr;

		if (t->connecting)
			connected(t);
		else
			readable(t);
	}
}

static void forget(void)
{
	struct travel *t;

	while ((t = e.free) != NULL) {
		e.free = t->next;
		free(t->in);
		free(t);
	}
	while (e.idle.count > 0)
		close(e.idle.fds[--e.idle.count]);
	free(e.idle.fds);
	e.idle = (struct pool_of_fds){0};
	close(e.epoll);
}

void drive_run(struct drive *d, int port)
{
	int64_t began = clock_steady(), end = began + (int64_t)(d->seconds * 1e6), ticked = began, now;

	e.d = d;
	e.port = port;
	e.under_way = e.resting = 0;
	e.pausing = e.free = NULL;
	e.epoll = epoll_create1(EPOLL_CLOEXEC);
	while ((now = clock_steady()) < end || e.under_way > 0) {
		if (now < end)
			begin_due(began, now);
		else
			ck_assert_msg(now < end + PATIENCE * SECOND,
				      "%lld visits are not over %d s after the last began",
				      (long long)e.under_way, PATIENCE);
		send_due(now);
		turn();
		if (d->tick != NULL && now - ticked > SECOND && now < end) {
			ticked = now;
			d->tick((double)(now - began) / 1e6);
		}
		if (d->took <= 0 && now >= end)
			d->took = (double)(now - began) / 1e6;
	}
	d->ended = end;
	forget();
}

void drive_free(struct drive *d)
{
	for (int i = 0; i < WHATS; i++)
		free(d->counts[i].took);
}

static int by_time(const void *a, const void *b)
{
	int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;

	return (x > y) - (x < y);
}

double count_ms(struct count *c, double part)
{
	if (c->good == 0)
		return 0;
	qsort(c->took, (size_t)c->good, sizeof *c->took, by_time);
	return (double)c->took[(int64_t)(part * (double)(c->good - 1))] / 1000;
}
