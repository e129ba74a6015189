/*
 * Reads a directory of keys, and finds out when to read it again.
 *
 * The modification time of a directory changes when a file is added, removed or renamed, but not while one
 * is being written. So a directory is read at every look until its last change is two seconds old. A file
 * that is overwritten later is not noticed: keys are added and removed, never changed.
 *
 * What must hold:
 * - Each change is followed by a reading that comes more than two seconds after it.
 * - The list is in order of kid, whatever the order of the directory, so that equal contents have an equal
 *   digest (keyring.c).
 * - A file that cannot be read is skipped with a warning, and the others are used.
 */
#include "common/token/pem_dir.h"
#include "common/base/clock.h"
#include "common/base/log.h"
#include "common/base/text.h"
#include <dirent.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>

enum { PEM_BYTES_MAX = 4096, KID_MAX = 64 };

static int64_t nanoseconds(struct timespec t)
{
	return (int64_t)t.tv_sec * 1000000000 + t.tv_nsec;
}

static size_t kid_length(const char *file)
{
	size_t len = strlen(file);

	if (len <= 4 || len - 4 > KID_MAX || file[0] == '.' || strcmp(file + len - 4, ".pem") != 0)
		return 0;
	return len - 4;
}

static void take_file(struct arena *a, const char *dir, const char *file, struct pem **list)
{
	const char *path = arena_printf(a, "%s/%s", dir, file);
	struct pem *pem = arena_alloc(a, sizeof *pem);
	struct pem **at = list;
	struct stat st;
	char *text;

	if (stat(path, &st) != 0 || !S_ISREG(st.st_mode) ||
	    text_read_file(a, path, PEM_BYTES_MAX, &text) != OK) {
		log_warn("the key %s cannot be read", file);
		return;
	}
	*pem = (struct pem){
	    .kid = arena_memdup(a, file, kid_length(file)), .text = text, .changed = nanoseconds(st.st_mtim)};
	while (*at != NULL && strcmp((*at)->kid, pem->kid) < 0)
		at = &(*at)->next;
	pem->next = *at;
	*at = pem;
}

err pem_dir_read(struct arena *a, const char *path, struct pem **ret_first)
{
	DIR *dir = opendir(path);
	struct pem *list = NULL;

	if (dir == NULL)
		return ERR_NOT_FOUND;
	for (struct dirent *d; (d = readdir(dir)) != NULL;)
		if (kid_length(d->d_name) > 0)
			take_file(a, path, d->d_name, &list);
	closedir(dir);
	*ret_first = list;
	return OK;
}

bool pem_watch_stirred(struct pem_watch *w)
{
	int64_t now = clock_steady();
	struct timespec wall;
	struct stat st;
	int64_t changed;
	bool was_settled = w->settled;

	if (w->looked != 0 && now - w->looked < SECOND)
		return false;
	w->looked = now;
	if (stat(w->path, &st) != 0)
		return true;
	clock_gettime(CLOCK_REALTIME, &wall);
	changed = nanoseconds(st.st_mtim);
	/* a file that is still being written when the directory is read does not change the directory again
	 */
	w->settled = nanoseconds(wall) - changed > INT64_C(2000000000);
	if (changed == w->changed && was_settled)
		return false;
	w->changed = changed;
	return true;
}
