#include "apps/stagedoor/integrator_files.h"
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

bool integrator_name_fits(const char *s)
{
	size_t len = strlen(s);

	return len >= 1 && len <= INTEGRATOR_NAME_MAX && *s != '-' &&
	       strspn(s, "abcdefghijklmnopqrstuvwxyz0123456789-") == len;
}

static const char *directory(struct arena *a, const struct config *config)
{
	return arena_printf(a, "%s/integrators", config->secrets_dir);
}

const char *integrator_file(struct arena *a, const struct config *config, const char *name)
{
	return arena_printf(a, "%s/%s", directory(a, config), name);
}

static int is_listed(const struct dirent *entry)
{
	return integrator_name_fits(entry->d_name);
}

const char *const *integrator_names(struct arena *a, const struct config *config)
{
	struct dirent **entries = NULL;
	int count = scandir(directory(a, config), &entries, is_listed, alphasort);
	const char **names = arena_array(a, (size_t)(count < 0 ? 0 : count) + 1, sizeof *names);

	for (int i = 0; i < count; i++) {
		names[i] = arena_strdup(a, entries[i]->d_name);
		free(entries[i]);
	}
	free(entries);
	return names;
}

err integrator_store(struct arena *a, const struct config *config, const char *name, const char *hash)
{
	const char *path = integrator_file(a, config, name);
	size_t len = strlen(hash);
	ssize_t written;
	int fd;

	if (mkdir(directory(a, config), 0700) != 0 && errno != EEXIST)
		return ERR_FORBIDDEN;
	if ((fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0400)) < 0)
		return errno == EEXIST ? ERR_CONFLICT : ERR_FORBIDDEN;
	written = write(fd, hash, len);
	if (close(fd) == 0 && written == (ssize_t)len)
		return OK;
	unlink(path);
	return ERR_FORBIDDEN;
}
