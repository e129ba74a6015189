#include "common/base/failpoint.h"

#ifdef FAILPOINTS
#include <fcntl.h>
#include <signal.h>
#include <stdatomic.h>
#include <stddef.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

static struct failpoints *points;
static const char *self;

err failpoint_follow(const char *path, const char *program)
{
	void *map;
	int fd;

	if (path == NULL || *path == '\0')
		return OK;
	fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	if (fd < 0 || ftruncate(fd, sizeof *points) != 0)
		return ERR_NOT_FOUND;
	map = mmap(NULL, sizeof *points, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	close(fd);
	if (map == MAP_FAILED)
		return ERR_NOT_FOUND;
	self = program;
	points = map;
	return OK;
}

bool failpoint_hit(enum failpoint point)
{
	struct failpoint_slot *slot;
	int action;

	if (points == NULL)
		return false;
	slot = &points->slots[point];
	action = atomic_load(&slot->action);
	if (action == FAILPOINT_OFF || strncmp(slot->program, self, sizeof slot->program) != 0)
		return false;
	if (atomic_fetch_add(&slot->hits, 1) + 1 != slot->at)
		return false;
	if (action == FAILPOINT_KILL)
		kill(getpid(), SIGKILL);
	if (action == FAILPOINT_STOP)
		kill(getpid(), SIGSTOP);
	return action == FAILPOINT_ERROR;
}
#endif
