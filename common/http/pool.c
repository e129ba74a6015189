/*
 * The parent of the pool: listens, forks workers, replaces those that end.
 *
 * Workers are processes, so that a crash or a leak in one costs its own requests only; each ends after about
 * max_requests and a new one starts before it closes its connections. Workers report through a pipe that they
 * are up or that they retire; signals and ends of children arrive by signalfd, so everything happens in one
 * poll loop.
 *
 * What must hold: at most `processes` workers that take requests, save while new ones start; a worker that
 * keeps failing at its start is started again with growing delays; the socket stays open as long as the
 * parent lives, so no request is refused while workers change; a stop ends all of them within KILL_SECONDS.
 */
#include "common/http/pool.h"
#include "common/base/clock.h"
#include "common/base/log.h"
#include "common/base/random.h"
#include "common/http/worker.h"
#include <errno.h>
#include <fcntl.h>
#include <malloc.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

enum {
	BACKLOG = 256, /* nginx rejects connections beyond it at once */
	ROOM = 16,     /* members a process */
	STEADY_SECONDS = 10,
	KILL_SECONDS = POOL_STOP_SECONDS + 3
};

/* A process of the pool; retired ones are on their way out and already replaced. */
struct member {
	pid_t pid; /* 0: none */
	bool up, retired;
	int64_t started;
};

struct parent {
	const struct pool *pool;
	int listener, signals, reports[2];
	struct member *members;
	size_t room;
	unsigned failures; /* ends in a row soon after the start */
	int64_t next_start, kill_at;
	bool was_up, stopping;
};

static bool somebody_listens(const struct sockaddr_un *address)
{
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	bool listens = connect(fd, (const struct sockaddr *)address, sizeof *address) == 0 || errno == EAGAIN;

	close(fd);
	return listens;
}

static err clear_path(const struct sockaddr_un *address)
{
	struct stat s;

	if (lstat(address->sun_path, &s) != 0)
		return OK;
	if (!S_ISSOCK(s.st_mode) || somebody_listens(address)) {
		log_error("%s is taken: another pool listens there, or it is no socket", address->sun_path);
		return ERR_CONFLICT;
	}
	return unlink(address->sun_path) == 0 ? OK : ERR_UNAVAILABLE;
}

static err listen_on(const char *path, int *ret_fd)
{
	struct sockaddr_un address = {.sun_family = AF_UNIX};
	mode_t before;
	int fd, bound;
	err e;

	if (strlen(path) >= sizeof address.sun_path) {
		log_error("the socket's path is longer than %zu bytes: %s", sizeof address.sun_path - 1,
			  path);
		return ERR_INVALID;
	}
	memcpy(address.sun_path, path, strlen(path));
	if ((e = clear_path(&address)) != OK)
		return e;
	fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	before = umask(0117);
	bound = bind(fd, (const struct sockaddr *)&address, sizeof address);
	umask(before);
	if (bound != 0 || listen(fd, BACKLOG) != 0) {
		log_error("cannot listen on %s: %s", path, strerror(errno));
		close(fd);
		return ERR_UNAVAILABLE;
	}
	*ret_fd = fd;
	return OK;
}

/* Staggered, so that the workers of a pool don't retire together. */
static int64_t requests_of_a_worker(const struct pool *pool)
{
	int64_t most = pool->max_requests, spread = most / 4;

	return most == 0 ? 0 : most + (spread > 0 ? random_below((uint32_t)spread) : 0);
}

static _Noreturn void child_main(struct parent *p, pid_t parent)
{
	int status;

	prctl(PR_SET_PDEATHSIG, SIGTERM);
	if (getppid() != parent)
		_exit(0);
	close(p->signals);
	close(p->reports[0]);
	status = worker_run(p->pool, p->listener, p->reports[1], requests_of_a_worker(p->pool));
	exit(status);
}

static struct member *member_of(struct parent *p, pid_t pid)
{
	for (size_t i = 0; i < p->room; i++)
		if (p->members[i].pid == pid)
			return &p->members[i];
	return NULL;
}

static unsigned count(const struct parent *p, bool retired)
{
	unsigned n = 0;

	for (size_t i = 0; i < p->room; i++)
		n += p->members[i].pid != 0 && p->members[i].retired == retired;
	return n;
}

/* There is no room for more on their way out: the oldest goes now, which closes its idle connections. */
static void hurry_oldest(struct parent *p)
{
	struct member *oldest = NULL;

	for (size_t i = 0; i < p->room; i++)
		if (p->members[i].retired && (oldest == NULL || p->members[i].started < oldest->started))
			oldest = &p->members[i];
	if (oldest != NULL)
		kill(oldest->pid, SIGTERM);
}

static void start_worker(struct parent *p)
{
	struct member *m = member_of(p, 0);
	pid_t self = getpid(), pid;

	if (m == NULL) {
		hurry_oldest(p);
		return;
	}
	pid = fork();
	if (pid == 0)
		child_main(p, self);
	if (pid < 0) {
		log_error("fork: %s", strerror(errno));
		p->next_start = clock_steady() + SECOND;
		return;
	}
	*m = (struct member){.pid = pid, .started = clock_steady()};
	log_info("worker %d starts", pid);
}

static void start_missing(struct parent *p)
{
	while (!p->stopping && count(p, false) < p->pool->processes && clock_steady() >= p->next_start) {
		unsigned before = count(p, false);

		start_worker(p);
		if (count(p, false) == before)
			return;
	}
}

static void log_end(const struct member *m, int status)
{
	if (WIFSIGNALED(status))
		log_error("worker %d ended by signal %d (%s)", m->pid, WTERMSIG(status),
			  strsignal(WTERMSIG(status)));
	else if (WEXITSTATUS(status) != 0)
		log_error("worker %d ended with status %d", m->pid, WEXITSTATUS(status));
	else
		log_info("worker %d ended", m->pid);
}

/* The first replacement comes at once; workers that die young are replaced ever more slowly. */
static void plan_start(struct parent *p, const struct member *m)
{
	int64_t now = clock_steady();

	if (now - m->started > STEADY_SECONDS * SECOND)
		p->failures = 0;
	if (p->failures > 0)
		p->next_start = now + (p->failures < 6 ? INT64_C(100000) << p->failures : 5 * SECOND);
	p->failures++;
}

static void reap(struct parent *p, bool *ret_hopeless)
{
	int status;
	pid_t pid;

	while ((pid = waitpid(-1, &status, WNOHANG)) > 0) {
		struct member *m = member_of(p, pid);

		if (m == NULL)
			continue;
		log_end(m, status);
		if (WIFEXITED(status) && WEXITSTATUS(status) == WORKER_CANNOT_START && !p->was_up)
			*ret_hopeless = true;
		if (!m->retired && !p->stopping)
			plan_start(p, m);
		*m = (struct member){0};
	}
}

static void hear(struct parent *p)
{
	struct worker_report report;
	unsigned up = 0;

	while (read(p->reports[0], &report, sizeof report) == sizeof report) {
		struct member *m = member_of(p, report.pid);

		if (m == NULL)
			continue;
		m->up = true;
		m->retired = report.state == WORKER_RETIRES;
	}
	for (size_t i = 0; i < p->room; i++)
		up += p->members[i].pid != 0 && p->members[i].up;
	if (!p->was_up && up >= p->pool->processes) {
		p->was_up = true;
		p->pool->ready();
	}
}

static void send_all(const struct parent *p, int signal_number)
{
	for (size_t i = 0; i < p->room; i++)
		if (p->members[i].pid != 0)
			kill(p->members[i].pid, signal_number);
}

/* The path is removed first, so that new connections are refused at once. */
static void begin_stop(struct parent *p)
{
	p->stopping = true;
	p->kill_at = clock_steady() + KILL_SECONDS * SECOND;
	unlink(p->pool->socket);
	close(p->listener);
	send_all(p, SIGTERM);
}

static bool stop_signal(const struct parent *p)
{
	struct signalfd_siginfo info;
	bool stop = false;

	while (read(p->signals, &info, sizeof info) == sizeof info)
		stop |= info.ssi_signo == SIGTERM || info.ssi_signo == SIGINT;
	return stop;
}

static int timeout_of(const struct parent *p)
{
	int64_t left = p->next_start - clock_steady();

	if (p->stopping)
		return 200;
	if (count(p, false) >= p->pool->processes)
		return -1;
	return left <= 0 ? 1000 : (int)(left / 1000) + 1;
}

static int supervise(struct parent *p)
{
	struct pollfd fds[] = {{p->signals, POLLIN, 0}, {p->reports[0], POLLIN, 0}};
	bool hopeless = false;

	for (;;) {
		start_missing(p);
		poll(fds, 2, timeout_of(p));
		if (stop_signal(p) && !p->stopping)
			begin_stop(p);
		hear(p);
		reap(p, &hopeless);
		if (hopeless && !p->stopping)
			begin_stop(p);
		if (p->stopping && clock_steady() > p->kill_at)
			send_all(p, SIGKILL);
		if (p->stopping && count(p, false) + count(p, true) == 0)
			return hopeless ? 1 : 0;
	}
}

static void take_signals(struct parent *p)
{
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, SIGTERM);
	sigaddset(&set, SIGINT);
	sigaddset(&set, SIGHUP);
	sigaddset(&set, SIGCHLD);
	BUG_IF(sigprocmask(SIG_BLOCK, &set, NULL) != 0);
	signal(SIGPIPE, SIG_IGN);
	BUG_IF((p->signals = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK)) < 0);
}

int pool_run(const struct pool *pool)
{
	struct parent p = {.pool = pool, .room = ROOM * (size_t)pool->processes};
	int status;

	mallopt(M_ARENA_MAX, 2);
	take_signals(&p);
	BUG_IF(pipe2(p.reports, O_CLOEXEC | O_NONBLOCK) != 0);
	if (listen_on(pool->socket, &p.listener) != OK)
		return 1;
	p.members = calloc(p.room, sizeof *p.members);
	BUG_IF(p.members == NULL);
	status = supervise(&p);
	free(p.members);
	return status;
}
