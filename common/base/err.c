#include "common/base/err.h"
#include <stdio.h>
#include <stdlib.h>

static const struct {
	const char *name;
	int status;
	struct message title, sentence;
} errors[] = {
    [OK] = {.name = "ok", .status = 200},
#define ERROR(name, status, title, sentence) [ERR_##name] = {#name, status, title, sentence},
#define INNER(name_, meaning)                [ERR_##name_] = {.name = #name_},
#include "common/base/errors.def"
#undef ERROR
#undef INNER
};

const char *err_name(err e)
{
	return errors[e].name;
}

int err_status(err e)
{
	return errors[e].status == 0 ? 500 : errors[e].status;
}

struct message err_title(err e)
{
	return errors[errors[e].status == 0 ? ERR_BUG : e].title;
}

struct message err_sentence(err e)
{
	return errors[errors[e].status == 0 ? ERR_BUG : e].sentence;
}

_Noreturn void bug(const char *file, int line, const char *what)
{
	fprintf(stderr, "bug at %s:%d: %s\n", file, line, what);
	abort();
}
