/*
 * A program with only the pool and the routes, without a database: test-echo SOCKET PROCESSES THREADS
 * MAX_REQUESTS.
 */
#include "common/base/log.h"
#include "common/http/dispatch.h"
#include <stdatomic.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

#define ROUTE_LIST "tests/app/echo.def"
#define ROUTE_SET  echo
#include "common/http/declare_routes.h"
#define ROUTE_LIST "tests/app/echo.def"
#define ROUTE_SET  echo
#include "common/http/define_routes.h"

static const struct db_settings nowhere = {.socket = "/nonexistent", .name = "", .user = "", .password = ""};
static const struct config config = {.site_url = "http://localhost",
				     .csrf_key = "0123456789abcdef0123456789abcdef",
				     .currency = "USD",
				     .threads = 4};
static const struct web_site site = {.config = &config, .routes = &echo_routes};
static atomic_int *calls; /* of all processes */

static err tr_who(struct web *w)
{
	reply_text(w, 200, "text/plain", arena_printf(w->arena, "%d", getpid()));
	return OK;
}

err echo_who(struct web *w, const struct echo_who_in *in)
{
	(void)in;
	return tr_who(w);
}

err echo_slow(struct web *w, const struct echo_slow_in *in)
{
	const struct timespec half = {0, 500 * 1000 * 1000};

	(void)in;
	nanosleep(&half, NULL);
	return tr_who(w);
}

err echo_calls(struct web *w, const struct echo_calls_in *in)
{
	(void)in;
	reply_text(w, 200, "text/plain", arena_printf(w->arena, "calls %d", atomic_load(calls)));
	return OK;
}

static err counted(struct web *w)
{
	atomic_fetch_add(calls, 1);
	return tr_who(w);
}

err echo_forged(struct web *w, const struct echo_forged_in *in)
{
	(void)in;
	return counted(w);
}

err echo_private(struct web *w, const struct echo_private_in *in)
{
	(void)in;
	return counted(w);
}

err echo_json(struct web *w, const struct echo_json_in *in)
{
	(void)in;
	return counted(w);
}

err echo_body(struct web *w, const struct echo_body_in *in)
{
	(void)in;
	reply_text(w, 200, "text/plain",
		   arena_printf(w->arena, "%zu:%s", w->request.body_len, w->request.body));
	return OK;
}

err echo_page(struct web *w, const struct echo_page_in *in)
{
	struct buf text = BUF(w->arena);

	(void)in;
	while (text.len < 200 * 1024)
		buf_puts(&text, "0123456789abcdef");
	reply_text(w, 200, "text/plain", buf_text(&text));
	return OK;
}

err echo_ticket(struct web *w, const struct echo_ticket_in *in)
{
	reply_text(w, 200, "text/plain", id_text(w->arena, in->id));
	return OK;
}

err echo_new(struct web *w, const struct echo_new_in *in)
{
	(void)in;
	reply_text(w, 200, "text/plain", "new");
	return OK;
}

static err process_begin(void *context)
{
	(void)context;
	return OK;
}

static void process_end(void *context)
{
	(void)context;
}

static void *thread_begin(void *context)
{
	(void)context;
	return db_new(&nowhere);
}

static void thread_end(void *thread)
{
	db_free(thread);
}

static void serve(void *thread, struct arena *a, const struct pool_request *request,
		  struct pool_answer *ret_answer)
{
	web_answer(&site, thread, a, request, ret_answer);
}

static void ready(void)
{
	log_info("ready");
}

int main(int argc, char **argv)
{
	struct pool pool = {.process_begin = process_begin,
			    .process_end = process_end,
			    .thread_begin = thread_begin,
			    .thread_end = thread_end,
			    .serve = serve,
			    .ready = ready};

	if (argc != 5)
		return 2;
	log_program("echo-web");
	pool.socket = argv[1];
	pool.processes = (unsigned)atoi(argv[2]);
	pool.threads = (unsigned)atoi(argv[3]);
	pool.max_requests = atoi(argv[4]);
	calls = mmap(NULL, sizeof *calls, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	return calls == MAP_FAILED ? 1 : pool_run(&pool);
}
