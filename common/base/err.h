#ifndef STAGEDOOR_BASE_ERR_H
#define STAGEDOOR_BASE_ERR_H

#include "common/base/messages.h"

/* The result of a fallible function: OK is 0, all others come from errors.def. */
typedef enum err {
	OK = 0,
#define ERROR(name, status, title, sentence) ERR_##name,
#define INNER(name, meaning)                 ERR_##name,
#include "common/base/errors.def"
#undef ERROR
#undef INNER
	ERR__MAX
} err;

#define NODISCARD __attribute__((warn_unused_result))

/* The lower-case name, for logs: "not_found". Static storage. */
const char *err_name(err e);

/* HTTP status of e; an INNER one is a 500. */
int err_status(err e);

/*
 * Short title and public sentence of e, for a problem body (RFC 9457); those of ERR_BUG for an INNER one.
 * Static storage.
 */
struct message err_title(err e);
struct message err_sentence(err e);

/* A bug: logs where and ends the process, in every build. Input never gets here. */
#define BUG_IF(cond) ((cond) ? bug(__FILE__, __LINE__, #cond) : (void)0)
_Noreturn void bug(const char *file, int line, const char *what);

#endif
