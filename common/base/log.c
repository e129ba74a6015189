#include "common/base/log.h"
#include "common/base/clock.h"
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum { LINE = 4096, MESSAGE = 1536 };

static const char *const level_names[] = {"debug", "info", "warn", "error", "alarm"};
static const char *program = "stagedoor";
static enum log_level threshold = LOG_INFO;
static _Thread_local const char *request;

void log_program(const char *name)
{
	program = name;
}

void log_request(const char *id)
{
	request = id;
}

void log_threshold(enum log_level level)
{
	threshold = level;
}

/* Every byte that is not plain printable ASCII becomes \u00xx: no log line can be forged or broken. */
static size_t put_quoted(char *out, size_t room, const char *s)
{
	size_t n = 0;

	for (const uint8_t *p = (const uint8_t *)s; *p != '\0' && n + 8 < room; p++) {
		if (*p == '"' || *p == '\\')
			n += (size_t)sprintf(out + n, "\\%c", *p);
		else if (*p < 0x20 || *p >= 0x7f)
			n += (size_t)sprintf(out + n, "\\u%04x", *p);
		else
			out[n++] = (char)*p;
	}
	out[n] = '\0';
	return n;
}

static size_t put_head(char *line, enum log_level level)
{
	int64_t now = clock_now();
	time_t second = (time_t)(now / SECOND);
	struct tm tm;
	char stamp[32];
	size_t n;

	gmtime_r(&second, &tm);
	strftime(stamp, sizeof stamp, "%Y-%m-%dT%H:%M:%S", &tm);
	n = (size_t)snprintf(line, LINE,
			     "{\"time\":\"%s.%06dZ\",\"level\":\"%s\",\"program\":\"%s\",\"pid\":%d", stamp,
			     (int)(now % SECOND), level_names[level], program, (int)getpid());
	if (request != NULL) {
		n += (size_t)snprintf(line + n, LINE - n, ",\"request\":\"");
		n += put_quoted(line + n, 128, request);
		line[n++] = '"';
	}
	return n;
}

void log_at(enum log_level level, const char *format, ...)
{
	char message[MESSAGE], line[LINE];
	va_list ap;
	size_t n;

	if (level < threshold)
		return;
	va_start(ap, format);
	vsnprintf(message, sizeof message, format, ap);
	va_end(ap);
	n = put_head(line, level);
	n += (size_t)snprintf(line + n, LINE - n, ",\"message\":\"");
	n += put_quoted(line + n, LINE - n - 4, message);
	n += (size_t)snprintf(line + n, LINE - n, "\"}\n");
	/* one write, so that the lines of several threads never mix; a log that cannot be written stops
	 * nothing */
	if (write(STDERR_FILENO, line, n) < 0)
		return;
}
