/*
 * The steps of tests/flow report to the test library; here a step that fails ends the fault that is being
 * tried, or the process of a user.
 */
#include "tests/fault/assert.h"
#include "tests/fault/fault.h"
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static pid_t runner;
jmp_buf assert_end;

void assert_here(void)
{
	runner = getpid();
}

void _mark_point(const char *file, int line)
{
	(void)file, (void)line;
}

void _ck_assert_failed(const char *file, int line, const char *expr, const char *msg, ...)
{
	char said[500] = "";
	va_list ap;

	va_start(ap, msg);
	if (msg != NULL)
		vsnprintf(said, sizeof said, msg, ap);
	va_end(ap);
	if (getpid() == runner) {
		violated("the check itself failed: %s:%d: %s", file, line, msg == NULL ? expr : said);
		longjmp(assert_end, 1);
	}
	fprintf(stderr, "%s:%d: %s\n", file, line, msg == NULL ? expr : said);
	_exit(9);
}
