#include "common/base/version.h"
#include "sandbox/book.h"
#include "sandbox/fault.h"
#include "sandbox/http.h"
#include "sandbox/scheduler.h"
#include "sandbox/session.h"
#include "sandbox/webhook.h"
#include <curl/curl.h>
#include <errno.h>
#include <signal.h>
#include <sodium.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/*
 * stagedoor-bank: a sandbox that speaks Stripe's wire protocol, for the local stack and for tests. No money
 * moves.
 *
 * Settings, from the environment:
 *   BANK_PORT                 the port on 127.0.0.1
 *   BANK_STATE                the directory of its book
 *   BANK_SECRET_KEY_FILE      the file with the key that clients must send
 *   BANK_WEBHOOK_SECRET_FILE  the file with the secret that signs webhooks
 *   BANK_WEBHOOK_URL          the URL of webhooks; without it they are only stored
 *   BANK_PUBLIC_URL           the URL of the payment page for browsers; default http://127.0.0.1:<port>
 *   BANK_SLOW_MS, BANK_LATE_MS  the delays of the slow and the late bank; default 5000 and 30000
 *   STAGEDOOR_READY_FD        gets a line when the bank listens
 */

__attribute__((format(printf, 1, 2))) _Noreturn static void fail(const char *format, ...)
{
	va_list list;

	va_start(list, format);
	fputs("stagedoor-bank: ", stderr);
	vfprintf(stderr, format, list);
	fputc('\n', stderr);
	va_end(list);
	exit(1);
}

static const char *setting(const char *name)
{
	const char *value = getenv(name);

	return value != NULL && *value != '\0' ? value : NULL;
}

static const char *needed(const char *name)
{
	const char *value = setting(name);

	if (value == NULL)
		fail("%s is not set", name);
	return value;
}

static long long number(const char *name, const char *value, long long max)
{
	char *end;
	long long n;

	errno = 0;
	n = strtoll(value, &end, 10);
	if (*end != '\0' || errno || n < 0 || n > max)
		fail("%s is not a valid number", name);
	return n;
}

/* The first line of the file that a setting names. */
static void read_secret(const char *name, char *ret_secret, size_t size)
{
	const char *path = needed(name);
	FILE *f = fopen(path, "re");

	if (f == NULL || fgets(ret_secret, (int)size, f) == NULL)
		fail("cannot read %s", path);
	fclose(f);
	ret_secret[strcspn(ret_secret, "\r\n")] = '\0';
	if (*ret_secret == '\0')
		fail("%s is empty", path);
}

static void set_delay(const char *name, const char *delay)
{
	const char *value = setting(name);

	if (value != NULL)
		delay_default_set(delay, number(name, value, 600000));
}

static void set_site(long long port)
{
	char here[64];
	const char *url = setting("BANK_PUBLIC_URL");

	snprintf(here, sizeof here, "http://127.0.0.1:%lld", port);
	session_site(url != NULL ? url : here);
}

static void report_ready(void)
{
	const char *value = setting("STAGEDOOR_READY_FD");
	int fd;

	if (value == NULL)
		return;
	fd = (int)number("STAGEDOOR_READY_FD", value, 65535);
	if (write(fd, "\n", 1) != 1)
		fail("cannot write to STAGEDOOR_READY_FD %s", value);
	close(fd);
}

static int serve(void)
{
	static char key[512], secret[512];
	sigset_t ends;
	int signal_taken;
	long long port = number("BANK_PORT", needed("BANK_PORT"), 65535);

	read_secret("BANK_SECRET_KEY_FILE", key, sizeof key);
	read_secret("BANK_WEBHOOK_SECRET_FILE", secret, sizeof secret);
	set_delay("BANK_SLOW_MS", "slow_ms");
	set_delay("BANK_LATE_MS", "late_ms");
	set_site(port);
	signal(SIGPIPE, SIG_IGN);
	sigemptyset(&ends);
	sigaddset(&ends, SIGTERM);
	sigaddset(&ends, SIGINT);
	pthread_sigmask(SIG_BLOCK, &ends, NULL);
	curl_global_init(CURL_GLOBAL_DEFAULT);
	if (sodium_init() < 0)
		fail("cannot use libsodium");
	if (!book_open(needed("BANK_STATE")))
		return 1;
	if (!webhook_start(setting("BANK_WEBHOOK_URL"), secret) || !scheduler_start())
		fail("cannot start its threads");
	if (!http_start((uint16_t)port, key))
		fail("cannot listen on port %s", needed("BANK_PORT"));
	report_ready();
	sigwait(&ends, &signal_taken);
	book_stop();
	http_stop();
	scheduler_join();
	webhook_join();
	book_close();
	return 0;
}

int main(int argc, char **argv)
{
	if (argc == 2 && strcmp(argv[1], "--version") == 0) {
		puts("stagedoor-bank " STAGEDOOR_VERSION);
		return 0;
	}
	if (argc != 1) {
		fputs("usage: stagedoor-bank [--version]\n", stderr);
		return 2;
	}
	fputs("stagedoor-bank: version " STAGEDOOR_VERSION "\n", stderr);
	return serve();
}
