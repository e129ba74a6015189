#include "tests/flow/tls.h"
#include "tests/flow/flow.h"
#include <arpa/inet.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

enum { PROGRAMS = 3, PORTS_OF_STACK = 5 };

static pid_t programs[PROGRAMS];

/* Files and programs, run as by hand. %s is the directory of the state. nginx's workers reach their files by
 * paths relative to where nginx starts, as in the stack (deploy/local/lib/nginx.sh). */
static const char prepare[] =
    "set -e; s=%s; t=$s/tls; rm -rf $t; mkdir -p $t/tmp $t/cache $t/conf; cp -r $s/nginx/www $t/www; "
    "[ $(id -u) -ne 0 ] || { chgrp -R www-data $t; chmod 2710 $t $t/tmp $t/cache; }; cd $t; "
    "openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -subj /CN=127.0.0.1 -days 2 "
    "-keyout key.pem -out cert.pem 2>/dev/null; cp $s/etc/nginx/* conf; "
    "sed -i -e \"s|$s/etc/nginx|$t/conf|g; s|/dev/stdout|$t/access|; "
    "s|listen .*;|listen 127.0.0.1:%d ssl; ssl_certificate $t/cert.pem; ssl_certificate_key $t/key.pem;|; "
    "s|unix:.*/auth.sock|unix:auth.sock|; s|unix:.*/tickets.sock|unix:tickets.sock|\" conf/*; "
    "for n in auth tickets; do sed -e \"s|^STAGEDOOR_SITE_URL=.*|STAGEDOOR_SITE_URL=https://127.0.0.1:%d|; "
    "s|^STAGEDOOR_SOCKET=.*|STAGEDOOR_SOCKET=$t/$n.sock|; s|^STAGEDOOR_PROCESSES=.*|STAGEDOOR_PROCESSES=1|\" "
    "$s/etc/$n.env > $n.env; done";

static pid_t run(const char *command)
{
	pid_t pid = fork();

	if (pid != 0)
		return pid;
	prctl(PR_SET_PDEATHSIG, SIGTERM);
	execl("/bin/sh", "sh", "-c", command, (char *)NULL);
	_exit(127);
}

static bool listens(void *port)
{
	struct sockaddr_in at = {.sin_family = AF_INET,
				 .sin_port = htons((uint16_t) * (int *)port),
				 .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	bool there = connect(fd, (const struct sockaddr *)&at, sizeof at) == 0;

	close(fd);
	return there;
}

static bool is_there(void *path)
{
	return access(path, F_OK) == 0;
}

const char *tls_site_begin(void)
{
	static const char *const copied[] = {"auth", "tickets"};
	int port = atoi(strrchr(flow_url(), ':') + 1) + PORTS_OF_STACK;
	const char *state = flow_state();
	char *command = arena_alloc(flow_arena, 4000);

	snprintf(command, 4000, prepare, state, port, port);
	ck_assert_int_eq(system(command), 0);
	for (int i = 0; i < 2; i++)
		programs[i] =
		    run(arena_printf(flow_arena,
				     "cd %s/tls && exec env -i PATH=\"$PATH\" $(cat %s.env) "
				     "$(sed -n 's/^BIN=//p' ../etc/stack.env)/stagedoor-%s web >%s.log 2>&1",
				     state, copied[i], copied[i], copied[i]));
	for (int i = 0; i < 2; i++)
		ck_assert(wait_until(10000, is_there,
				     arena_printf(flow_arena, "%s/tls/%s.sock", state, copied[i])));
	programs[2] = run(
	    arena_printf(flow_arena, "cd %s/tls && exec nginx -p . -c %s/tls/conf/nginx.conf -e %s/tls/error",
			 state, state, state));
	ck_assert(wait_until(10000, listens, &port));
	return arena_printf(flow_arena, "https://127.0.0.1:%d", port);
}

void tls_site_end(void)
{
	for (int i = PROGRAMS - 1; i >= 0; i--)
		kill(programs[i], SIGTERM);
	for (int i = 0; i < PROGRAMS; i++)
		waitpid(programs[i], NULL, 0);
}
