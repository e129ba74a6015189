#include "apps/stagedoor/rabbitmqctl.h"
#include "common/base/buf.h"
#include "common/base/text.h"
#include "common/schema/json.h"
#include <fcntl.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

struct running {
	pid_t pid;
	int out; /* what it prints */
};

static char **command_line(struct arena *a, const char *program, const struct ctl_call *call)
{
	char **argv = arena_array(a, CTL_WORDS + 3, sizeof *argv), **end = argv;

	*end++ = arena_strdup(a, program);
	*end++ = arena_strdup(a, "-q");
	for (size_t i = 0; i < CTL_WORDS && call->words[i] != NULL; i++)
		*end++ = arena_strdup(a, call->words[i]);
	return argv;
}

static err spawn_program(const char *program, char **argv, int out, pid_t *ret_pid)
{
	posix_spawn_file_actions_t actions;
	int failed;

	posix_spawn_file_actions_init(&actions);
	posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
	posix_spawn_file_actions_adddup2(&actions, out, STDOUT_FILENO);
	failed = posix_spawn(ret_pid, program, &actions, NULL, argv, environ);
	posix_spawn_file_actions_destroy(&actions);
	return failed == 0 ? OK : ERR_NOT_FOUND;
}

static err start_call(struct arena *a, const char *program, const struct ctl_call *call,
		      struct running *ret_running)
{
	int ends[2];
	err e;

	if (pipe2(ends, O_CLOEXEC) != 0)
		return ERR_UNAVAILABLE;
	e = spawn_program(program, command_line(a, program, call), ends[1], &ret_running->pid);
	close(ends[1]);
	ret_running->out = ends[0];
	if (e != OK)
		close(ends[0]);
	return e;
}

static err finish_call(struct arena *a, const struct running *r, struct json_t **ret_answer)
{
	struct buf text = BUF(a);
	char part[4096];
	int status;
	ssize_t n;

	while ((n = read(r->out, part, sizeof part)) > 0)
		buf_add(&text, part, (size_t)n);
	close(r->out);
	if (waitpid(r->pid, &status, 0) < 0 || status != 0)
		return ERR_UNAVAILABLE;
	return json_parse(a, buf_text(&text), text.len, ret_answer);
}

err ctl_ask(struct arena *a, const char *program, const struct ctl_call *calls, size_t count,
	    struct json_t **ret_answers)
{
	struct running *running = arena_array(a, count, sizeof *running);
	size_t started = 0;
	err e = OK, one;

	while (started < count && (e = start_call(a, program, &calls[started], &running[started])) == OK)
		started++;
	for (size_t i = 0; i < started; i++)
		if ((one = finish_call(a, &running[i], &ret_answers[i])) != OK)
			e = one;
	return e;
}

err ctl_do(struct arena *a, const char *program, const struct ctl_call *call, int *ret_status)
{
	int status;
	pid_t pid;
	err e;

	*ret_status = 0;
	if ((e = spawn_program(program, command_line(a, program, call), STDERR_FILENO, &pid)) != OK)
		return e;
	if (waitpid(pid, &status, 0) < 0 || !WIFEXITED(status))
		return ERR_UNAVAILABLE;
	*ret_status = WEXITSTATUS(status);
	return *ret_status == 0 ? OK : ERR_UNAVAILABLE;
}

const struct json_t *ctl_row(const struct json_t *rows, const char *name)
{
	const struct json_t *row;

	for (size_t i = 0; (row = json_at(rows, i)) != NULL; i++)
		if (text_same(json_get_text(row, "name"), name))
			return row;
	return NULL;
}
