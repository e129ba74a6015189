#include "tests/app/program.h"
#include <libgen.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static _Noreturn void exec_echo(const struct program *p, int processes, int threads, int max_requests)
{
	char self[PATH_MAX - 16] = "", path[PATH_MAX], numbers[3][16];

	prctl(PR_SET_PDEATHSIG, SIGTERM);
	if (readlink("/proc/self/exe", self, sizeof self - 1) < 0)
		_exit(127);
	snprintf(path, sizeof path, "%s/test-echo", dirname(self));
	snprintf(numbers[0], sizeof numbers[0], "%d", processes);
	snprintf(numbers[1], sizeof numbers[1], "%d", threads);
	snprintf(numbers[2], sizeof numbers[2], "%d", max_requests);
	execl(path, path, p->socket, numbers[0], numbers[1], numbers[2], (char *)NULL);
	perror(path);
	_exit(127);
}

void program_start(struct program *p, int processes, int threads, int max_requests)
{
	const char *tmp = getenv("TMPDIR");

	snprintf(p->dir, sizeof p->dir, "%s/stagedoor-pool-XXXXXX",
		 tmp == NULL || strlen(tmp) > 30 ? "/tmp" : tmp);
	if (mkdtemp(p->dir) == NULL)
		abort();
	snprintf(p->socket, sizeof p->socket, "%s/s", p->dir);
	program_exec(p, processes, threads, max_requests);
}

void program_exec(struct program *p, int processes, int threads, int max_requests)
{
	p->pid = fork();
	if (p->pid == 0)
		exec_echo(p, processes, threads, max_requests);
}

int program_status(struct program *p)
{
	const struct timespec pause = {0, 10 * 1000 * 1000};
	int status = -1, result = -1;

	for (int i = 0; i < 2500 && waitpid(p->pid, &status, WNOHANG) == 0; i++)
		nanosleep(&pause, NULL);
	if (WIFEXITED(status))
		result = WEXITSTATUS(status);
	else
		kill(p->pid, SIGKILL);
	return result;
}

int program_wait(struct program *p)
{
	int result = program_status(p);

	unlink(p->socket);
	rmdir(p->dir);
	return result;
}

int program_stop(struct program *p)
{
	kill(p->pid, SIGTERM);
	return program_wait(p);
}
