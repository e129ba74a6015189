#ifndef STAGEDOOR_TOKEN_PEM_DIR_H
#define STAGEDOOR_TOKEN_PEM_DIR_H

#include "common/base/arena.h"
#include "common/base/err.h"
#include <stdbool.h>
#include <stdint.h>

/* A directory of keys: each <kid>.pem is one; other names are passed over. For the files of common/token
 * alone. */
struct pem {
	struct pem *next;
	const char *kid, *text;
	int64_t changed; /* nanoseconds since 1970 */
};

/* The files in order of kid, NULL when there are none. ERR_NOT_FOUND when the directory cannot be read. */
err pem_dir_read(struct arena *a, const char *path, struct pem **ret_first) NODISCARD;

/* Looks at the directory at most once a second. Begin with {.path = path}, then every call may say that it is
 * to be read (again). */
struct pem_watch {
	const char *path;
	int64_t looked;  /* clock_steady() */
	int64_t changed; /* of the directory, as last seen */
	bool settled;    /* was that long enough ago that no later change can bear the same time? */
};
bool pem_watch_stirred(struct pem_watch *w);

#endif
