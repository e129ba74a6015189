#ifndef STAGEDOOR_BASE_LOG_H
#define STAGEDOOR_BASE_LOG_H

/*
 * One event, one line on standard error, as JSON: {"time":…,"level":…,"program":…,"request":…,"message":…}.
 * Whatever is sent stays on its line: bytes below 0x20, quotes and malformed UTF-8 are escaped. Never log
 * passwords, tokens or card data.
 */
enum log_level { LOG_DEBUG, LOG_INFO, LOG_WARN, LOG_ERROR, LOG_ALARM };

/* "orders-web": static storage of the caller. Set once, before threads. */
void log_program(const char *name);

/* The request or correlation id of this thread's unit of work; NULL when there is none. The caller keeps it
 * alive. */
void log_request(const char *id);

/* Writes the line, by one write(2), in whichever thread; what printf(3) makes is the message. By way of
 * log_debug and so on, below. */
void log_at(enum log_level level, const char *format, ...) __attribute__((format(printf, 2, 3)));

#define log_debug(...) log_at(LOG_DEBUG, __VA_ARGS__)
#define log_info(...)  log_at(LOG_INFO, __VA_ARGS__)
#define log_warn(...)  log_at(LOG_WARN, __VA_ARGS__)
#define log_error(...) log_at(LOG_ERROR, __VA_ARGS__)
/* Needs an operator: lost topology, money that does not match. */
#define log_alarm(...) log_at(LOG_ALARM, __VA_ARGS__)

/* Levels below this are dropped; default LOG_INFO. */
void log_threshold(enum log_level level);

#endif
