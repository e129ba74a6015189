/*
 * stagedoor-bank: a sandbox that speaks Stripe's wire protocol, for the local stack and for tests. No money
 * moves.
 *
 * Settings, from the environment:
 *   BANK_PORT                 where it listens, on 127.0.0.1
 *   BANK_STATE                the folder of its book
 *   BANK_SECRET_KEY_FILE      the key that callers must show
 *   BANK_WEBHOOK_SECRET_FILE  the secret that webhooks are signed with
 *   BANK_WEBHOOK_URL          where they go; without it they are only kept
 *   BANK_PUBLIC_URL           the address of the pay page for browsers; http://127.0.0.1:<port> without it
 *   BANK_SLOW_MS, BANK_LATE_MS  how long the slow and the late bank take; 5000 and 30000
 *   STAGEDOOR_READY_FD        gets a line when it listens
 */
#include "book.h"
#include "http.h"
#include "sandbox.h"
#include "session.h"
#include "timers.h"
#include "webhook.h"

#include <curl/curl.h>
#include <errno.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

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
	return value && *value ? value : NULL;
}

static const char *needed(const char *name)
{
	const char *value = setting(name);
	if (!value)
		fail("%s is not set", name);
	return value;
}

static long long number(const char *name, const char *value, long long max)
{
	char *end;
	errno = 0;
	long long n = strtoll(value, &end, 10);
	if (*end || errno || n < 0 || n > max)
		fail("%s is not a number that can be used", name);
	return n;
}

/* The first line of the file that a setting names. */
static void read_secret(const char *name, char *ret_secret, size_t size)
{
	const char *path = needed(name);
	FILE *f = fopen(path, "re");
	if (!f || !fgets(ret_secret, (int)size, f))
		fail("cannot read %s", path);
	fclose(f);
	ret_secret[strcspn(ret_secret, "\r\n")] = '\0';
	if (!*ret_secret)
		fail("%s is empty", path);
}

static void set_delay(const char *name, const char *delay)
{
	const char *value = setting(name);
	if (value)
		delay_default(delay, number(name, value, 600000));
}

static void set_site(long long port)
{
	char here[64];
	const char *url = setting("BANK_PUBLIC_URL");
	snprintf(here, sizeof here, "http://127.0.0.1:%lld", port);
	session_site(url ? url : here);
}

static void tell_ready(void)
{
	const char *value = setting("STAGEDOOR_READY_FD");
	if (!value)
		return;
	int fd = (int)number("STAGEDOOR_READY_FD", value, 65535);
	if (write(fd, "\n", 1) != 1)
		fail("cannot write to STAGEDOOR_READY_FD %s", value);
	close(fd);
}

int main(void)
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
	if (!book_open(needed("BANK_STATE")))
		return 1;
	if (!webhook_start(setting("BANK_WEBHOOK_URL"), secret) || !timers_start())
		fail("cannot start its threads");
	if (!http_start((uint16_t)port, key))
		fail("cannot listen on port %s", needed("BANK_PORT"));
	tell_ready();
	sigwait(&ends, &signal_taken);
	book_stop();
	http_stop();
	timers_join();
	webhook_join();
	book_close();
	return 0;
}
