/*
 * One process of the pool: threads that share all connections by one epoll, and a main thread that keeps
 * time.
 *
 * nginx keeps its connections open. A thread for each would lie idle, and a thread that serves one connection
 * until it closes would let others wait. So no thread owns a connection: each is armed one-shot in epoll,
 * whichever thread is idle takes it, peeks (MSG_PEEK) whether the request is whole (frames.c), answers it and
 * arms it again. A request that is not whole takes no thread: it joins `waiting`, and the main thread arms it
 * again a little later.
 *
 * What must hold:
 * - A connection belongs to one thread at a time: to the one that epoll woke, until that arms it, puts it
 *   aside (peek_again_later) or closes it.
 * - libfcgi reads blocking, so it is given a request only when frames_peek says so, and descriptors below
 *   FD_MAX.
 * - New connections wait in the same order as kept ones, also when every thread is busy (accept_waiting).
 * - A worker that leaves closes no idle connection while it retires, since a request may be on its way on it.
 *   It does when asked to stop.
 * - Signals go to the main thread alone (signalfd): one during a read would make libfcgi cut a body short.
 */
#include "common/http/worker.h"
#include "common/base/clock.h"
#include "common/base/log.h"
#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

/* FD_SETs of libfcgi end at 1024 */
enum { FD_MAX = 1000, RETIRE_SECONDS = 70 };

struct connection {
	struct connection *before, *after; /* in the list of all */
	struct connection *next;           /* while it waits */
	int fd;
	unsigned peeks;          /* how often the request was not whole yet */
	int64_t since, again_at; /* clock_steady(), while it waits */
	/* How often it was handed over to whichever thread epoll wakes. The kernel orders that already, but
	 * neither C11 nor ThreadSanitizer knows: the giver adds with release, the taker loads with acquire.
	 */
	atomic_uint handed;
};

struct worker {
	const struct pool *pool;
	int listener, reports, epoll, wake, end, signals;
	int64_t limit;
	atomic_llong served;
	atomic_int open, busy;
	atomic_bool leaving;
	pthread_mutex_t lock;
	struct connection *waiting, *all;
};

struct thread {
	pthread_t id;
	struct worker *w;
	struct arena *arena;
	void *own;
	unsigned char peek[FRAMES_PEEK];
};

static void event_wake(int fd)
{
	uint64_t one = 1;

	BUG_IF(write(fd, &one, sizeof one) != sizeof one);
}

static void list_add(struct worker *w, struct connection *c)
{
	pthread_mutex_lock(&w->lock);
	if (w->all != NULL)
		w->all->before = c;
	c->after = w->all;
	w->all = c;
	pthread_mutex_unlock(&w->lock);
	atomic_fetch_add(&w->open, 1);
}

static void list_remove(struct worker *w, struct connection *c)
{
	pthread_mutex_lock(&w->lock);
	if (c->after != NULL)
		c->after->before = c->before;
	if (c->before != NULL)
		c->before->after = c->after;
	else
		w->all = c->after;
	pthread_mutex_unlock(&w->lock);
	atomic_fetch_sub(&w->open, 1);
}

static void connection_close(struct worker *w, struct connection *c, bool is_closed)
{
	list_remove(w, c);
	if (!is_closed)
		close(c->fd);
	free(c);
}

static void connection_arm(struct worker *w, struct connection *c, int operation)
{
	struct epoll_event event = {.events = EPOLLIN | EPOLLRDHUP | EPOLLONESHOT, .data.ptr = c};
	int fd = c->fd;

	atomic_fetch_add_explicit(&c->handed, 1, memory_order_release);
	if (epoll_ctl(w->epoll, operation, fd, &event) != 0) {
		log_error("epoll_ctl: %s", strerror(errno));
		connection_close(w, c, false);
	}
}

/* nginx answers 502 for a rejected connection. */
static void connection_reject(int fd)
{
	static atomic_llong last_logged_at;
	long long now = clock_steady(), last = atomic_load(&last_logged_at);

	close(fd);
	if (now - last > SECOND && atomic_compare_exchange_strong(&last_logged_at, &last, now))
		log_error("more than %d connections: new ones are rejected", FD_MAX);
}

/* Out of descriptors: the connection stays in the backlog, and this thread must not spin on it. */
static void accept_failed(int reason)
{
	struct timespec pause = {0, 20 * 1000 * 1000};

	if (reason == EAGAIN || reason == ECONNABORTED || reason == EINTR)
		return;
	log_error("accept: %s", strerror(reason));
	nanosleep(&pause, NULL);
}

/* false: there is none, or this process has no room for it */
static bool connection_accept(struct worker *w)
{
	struct timeval silence = {.tv_sec = POOL_SILENCE_SECONDS};
	struct connection *c;
	int fd = accept4(w->listener, NULL, NULL, SOCK_CLOEXEC);

	if (fd < 0) {
		accept_failed(errno);
		return false;
	}
	if (fd >= FD_MAX) {
		connection_reject(fd);
		return true;
	}
	setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &silence, sizeof silence);
	setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &silence, sizeof silence);
	BUG_IF((c = calloc(1, sizeof *c)) == NULL);
	c->fd = fd;
	list_add(w, c);
	connection_arm(w, c, EPOLL_CTL_ADD);
	return true;
}

/*
 * While every thread is at work, each looks at the listening socket between two requests, so that
 * new connections wait in one queue with the kept ones: all of those have their turn before epoll reports the
 * socket again. Otherwise an idle thread, here or in another process, takes the next.
 */
static void accept_waiting(struct worker *w)
{
	while (atomic_load(&w->busy) >= (int)w->pool->threads && !atomic_load(&w->leaving) &&
	       connection_accept(w))
		;
}

/*
 * A request that is not whole yet takes no thread: the main thread's timer arms it again a
 * little later (epoll would report the same bytes at once, again and again).
 */
static void peek_again_later(struct worker *w, struct connection *c)
{
	int64_t now = clock_steady();
	bool first;

	if (c->peeks == 0)
		c->since = now;
	c->again_at = now + (c->peeks < 7 ? INT64_C(1000) << c->peeks : 100000);
	c->peeks++;
	pthread_mutex_lock(&w->lock);
	first = w->waiting == NULL;
	c->next = w->waiting;
	w->waiting = c;
	pthread_mutex_unlock(&w->lock);
	if (first)
		event_wake(w->wake);
}

static void connection_answer(struct thread *t, struct connection *c)
{
	struct worker *w = t->w;
	enum exchange done;

	done = exchange_run(w->pool, t->own, t->arena, c->fd);
	arena_reset(t->arena);
	if (done == EXCHANGE_KEEP && !atomic_load(&w->leaving)) {
		c->peeks = 0;
		connection_arm(w, c, EPOLL_CTL_MOD);
	} else {
		connection_close(w, c, done == EXCHANGE_CLOSED);
	}
	if (atomic_fetch_add(&w->served, 1) + 1 == w->limit)
		event_wake(w->wake);
}

static void connection_ready(struct thread *t, struct connection *c, bool peer_left)
{
	enum frames frames;
	ssize_t n;

	BUG_IF(atomic_load_explicit(&c->handed, memory_order_acquire) == 0);
	n = recv(c->fd, t->peek, sizeof t->peek, MSG_PEEK | MSG_DONTWAIT);
	if (n <= 0 || (peer_left && frames_peek(t->peek, (size_t)n) == FRAMES_PART)) {
		connection_close(t->w, c, false);
		return;
	}
	frames = frames_peek(t->peek, (size_t)n);
	if (frames == FRAMES_PART) {
		peek_again_later(t->w, c);
	} else if (frames == FRAMES_WRONG) {
		log_warn("a connection sent what is no FastCGI request; closed");
		connection_close(t->w, c, false);
	} else {
		connection_answer(t, c);
	}
}

static void *thread_main(void *argument)
{
	struct thread *t = argument;
	struct worker *w = t->w;
	struct epoll_event event;

	for (;;) {
		int n = epoll_wait(w->epoll, &event, 1, -1);

		BUG_IF(n < 0 && errno != EINTR);
		if (n <= 0)
			continue;
		if (event.data.ptr == &w->end)
			return NULL;
		atomic_fetch_add(&w->busy, 1);
		if (event.data.ptr == &w->listener)
			(void)connection_accept(w);
		else
			connection_ready(t, event.data.ptr,
					 (event.events & (EPOLLRDHUP | EPOLLHUP | EPOLLERR)) != 0);
		accept_waiting(w);
		atomic_fetch_sub(&w->busy, 1);
	}
}

/* Those whose time has come go back to epoll, those that took too long are closed; returns ms until the next,
 * -1 when none waits. */
static int tend_waiting(struct worker *w)
{
	int64_t now = clock_steady(), next = INT64_MAX;
	struct connection **at, *due = NULL, *c;

	pthread_mutex_lock(&w->lock);
	for (at = &w->waiting; (c = *at) != NULL;)
		if (c->again_at <= now) {
			*at = c->next;
			c->next = due;
			due = c;
		} else {
			next = c->again_at < next ? c->again_at : next;
			at = &c->next;
		}
	pthread_mutex_unlock(&w->lock);
	while ((c = due) != NULL) {
		due = c->next;
		if (now - c->since > POOL_SILENCE_SECONDS * SECOND) {
			log_warn("a request did not arrive whole within %d s; dropped", POOL_SILENCE_SECONDS);
			connection_close(w, c, false);
		} else {
			connection_arm(w, c, EPOLL_CTL_MOD);
		}
	}
	return next == INT64_MAX ? -1 : (int)((next - now) / 1000) + 1;
}

/* A byte of a request has come, or one is being answered. Looked at twice, since a ready connection is in
 * neither count for a moment. */
static bool is_working(struct worker *w)
{
	struct timespec moment = {0, 10 * 1000 * 1000};

	for (int i = 0; i < 2; i++) {
		pthread_mutex_lock(&w->lock);
		bool waits = w->waiting != NULL;
		pthread_mutex_unlock(&w->lock);
		if (waits || atomic_load(&w->busy) > 0)
			return true;
		nanosleep(&moment, NULL);
	}
	return false;
}

static bool signal_arrived(struct worker *w)
{
	struct signalfd_siginfo info;

	return read(w->signals, &info, sizeof info) == sizeof info && info.ssi_signo != SIGHUP;
}

static void worker_leave(struct worker *w)
{
	if (atomic_exchange(&w->leaving, true))
		return;
	epoll_ctl(w->epoll, EPOLL_CTL_DEL, w->listener, NULL);
}

static void report_state(struct worker *w, enum worker_state state)
{
	struct worker_report report = {getpid(), state};

	if (write(w->reports, &report, sizeof report) != sizeof report)
		log_warn("the parent of this worker is gone");
}

static void wait_for_wake(struct worker *w, int timeout)
{
	struct pollfd fds[] = {{w->signals, POLLIN, 0}, {w->wake, POLLIN, 0}};
	uint64_t count;

	if (poll(fds, 2, timeout) > 0 && (fds[1].revents & POLLIN) != 0)
		BUG_IF(read(w->wake, &count, sizeof count) < 0 && errno != EAGAIN);
}

/*
 * Until a signal, or until its requests are done: then a new worker takes over, this one answers on the
 * connections that it has until the web server has closed them (closing one that is idle would hit a request
 * that is on its way).
 */
static void main_loop(struct worker *w)
{
	int64_t give_up = INT64_MAX, now;
	bool stopping = false;

	for (;;) {
		int timeout = tend_waiting(w);

		if (atomic_load(&w->leaving) && (timeout < 0 || timeout > 20))
			timeout = 20;
		wait_for_wake(w, timeout);
		now = clock_steady();
		if (signal_arrived(w) && !stopping) {
			stopping = true;
			worker_leave(w);
			give_up = now + POOL_STOP_SECONDS * SECOND;
		} else if (!atomic_load(&w->leaving) && w->limit > 0 && atomic_load(&w->served) >= w->limit) {
			worker_leave(w);
			report_state(w, WORKER_RETIRES);
			give_up = now + RETIRE_SECONDS * SECOND;
		}
		if (stopping && (!is_working(w) || now > give_up))
			return;
		if (atomic_load(&w->leaving) &&
		    (atomic_load(&w->open) == 0 || (now > give_up && !is_working(w))))
			return;
	}
}

static void worker_watch(struct worker *w, int fd, uint32_t events, void *mark)
{
	struct epoll_event event = {.events = events, .data.ptr = mark};

	BUG_IF(epoll_ctl(w->epoll, EPOLL_CTL_ADD, fd, &event) != 0);
}

static void open_descriptors(struct worker *w)
{
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, SIGTERM);
	sigaddset(&set, SIGINT);
	sigaddset(&set, SIGHUP);
	w->signals = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
	w->epoll = epoll_create1(EPOLL_CLOEXEC);
	w->wake = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	w->end = eventfd(0, EFD_CLOEXEC);
	BUG_IF(w->signals < 0 || w->epoll < 0 || w->wake < 0 || w->end < 0);
	worker_watch(w, w->end, EPOLLIN, &w->end);
}

/* Threads take no signals: one during a read makes libfcgi cut a body short. */
static void start_threads(struct worker *w, struct thread *threads)
{
	sigset_t all, before;

	sigfillset(&all);
	sigdelset(&all, SIGSEGV);
	sigdelset(&all, SIGBUS);
	sigdelset(&all, SIGFPE);
	sigdelset(&all, SIGILL);
	sigdelset(&all, SIGABRT);
	BUG_IF(pthread_sigmask(SIG_SETMASK, &all, &before) != 0);
	for (unsigned i = 0; i < w->pool->threads; i++)
		BUG_IF(pthread_create(&threads[i].id, NULL, thread_main, &threads[i]) != 0);
	BUG_IF(pthread_sigmask(SIG_SETMASK, &before, NULL) != 0);
}

static struct thread *threads_new(struct worker *w)
{
	struct thread *threads = calloc(w->pool->threads, sizeof *threads);

	BUG_IF(threads == NULL);
	for (unsigned i = 0; i < w->pool->threads; i++) {
		threads[i].w = w;
		threads[i].arena = arena_new();
		threads[i].own = w->pool->thread_begin(w->pool->context);
	}
	return threads;
}

/* A thread that hangs past the time to stop must not hold the process. */
static bool join_threads(struct worker *w, struct thread *threads)
{
	struct timespec until;

	event_wake(w->end);
	clock_gettime(CLOCK_REALTIME, &until);
	until.tv_sec += 2;
	for (unsigned i = 0; i < w->pool->threads; i++)
		if (pthread_timedjoin_np(threads[i].id, NULL, &until) != 0)
			return false;
	return true;
}

int worker_run(const struct pool *pool, int listener, int reports, int64_t requests)
{
	struct worker w = {.pool = pool,
			   .listener = listener,
			   .reports = reports,
			   .limit = requests,
			   .lock = PTHREAD_MUTEX_INITIALIZER};
	struct thread *threads;

	open_descriptors(&w);
	exchange_begin();
	if (pool->process_begin(pool->context) != OK)
		return WORKER_CANNOT_START;
	threads = threads_new(&w);
	start_threads(&w, threads);
	worker_watch(&w, w.listener, EPOLLIN | EPOLLEXCLUSIVE, &w.listener);
	report_state(&w, WORKER_UP);
	log_info("worker %d takes requests with %u threads", getpid(), pool->threads);
	main_loop(&w);
	if (!join_threads(&w, threads)) {
		log_error("worker %d ends with a request that did not finish in %d s", getpid(),
			  POOL_STOP_SECONDS);
		_exit(1);
	}
	while (w.all != NULL)
		connection_close(&w, w.all, false);
	for (unsigned i = 0; i < pool->threads; i++) {
		pool->thread_end(threads[i].own);
		arena_free(threads[i].arena);
	}
	free(threads);
	pool->process_end(pool->context);
	log_info("worker %d ends after %lld requests", getpid(), atomic_load(&w.served));
	return 0;
}
