#include "common/app/process.h"
#include "common/base/log.h"
#include <signal.h>
#include <unistd.h>

static atomic_bool stop; /* set by a signal, read by every thread */
static int ready_fd;

static void on_stop(int number)
{
	(void)number;
	stop = true;
}

/* No SA_RESTART: a wait ends when the program is asked to stop. */
void process_signals(void)
{
	struct sigaction end = {.sa_handler = on_stop}, ignore = {.sa_handler = SIG_IGN};

	sigaction(SIGTERM, &end, NULL);
	sigaction(SIGINT, &end, NULL);
	sigaction(SIGPIPE, &ignore, NULL);
	sigaction(SIGHUP, &ignore, NULL);
}

const atomic_bool *process_stop(void)
{
	return &stop;
}

bool app_stopping(void)
{
	return stop;
}

void process_ready_on(int fd)
{
	ready_fd = fd;
}

void app_ready(void)
{
	static bool reported;

	if (reported || ready_fd == 0)
		return;
	reported = true;
	if (write(ready_fd, "\n", 1) != 1)
		log_warn("readiness could not be reported on descriptor %d", ready_fd);
	close(ready_fd);
}
