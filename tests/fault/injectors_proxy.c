/* Injects network faults between the programs and their backends, by the fault proxy (tests/proxy). */
#include "common/base/text.h"
#include "tests/fault/injectors.h"
#include "tests/proxy/proxy.h"
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

static const char *const backends[PROXIES] = {
    [PROXY_DATABASE] = "database", [PROXY_BROKER] = "broker", [PROXY_BANK] = "bank"};
static const char *const modes[] = {[PROXY_LATENCY] = "latency",
				    [PROXY_SLICER] = "slicer",
				    [PROXY_RESET_PEER] = "reset_peer",
				    [PROXY_BLACKHOLE] = "blackhole"};

static struct proxy *proxy_of(const char *words)
{
	static struct proxies *map;
	size_t n = 0;

	if (map == NULL) {
		int fd = open(arena_printf(flow_arena, "%s.proxies", flow_state()), O_RDWR);

		ck_assert_msg(fd >= 0, "the programs are not connected through the fault proxy");
		map = mmap(NULL, sizeof *map, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
		ck_assert(map != MAP_FAILED);
		close(fd);
	}
	while (n < PROXIES && !text_starts(words, backends[n]))
		n++;
	ck_assert_uint_lt(n, PROXIES);
	return &map->list[n];
}

static int mode_of(const char *word)
{
	int mode = PROXY_LATENCY;

	while (!text_starts(word, modes[mode]))
		ck_assert_int_lt(++mode, (int)(sizeof modes / sizeof *modes));
	return mode;
}

static int64_t affected_before;

/* words: backend, mode, value */
void proxy_fault_begin(const struct fault *f)
{
	struct proxy *p = proxy_of(f->words);

	affected_before = p->affected;
	p->seed = schedule_below(&fault_state, UINT32_MAX);
	p->value = atoi(strrchr(f->words, ' '));
	p->mode = mode_of(strchr(f->words, ' ') + 1);
}

void proxy_fault_end(const struct fault *f)
{
	struct proxy *p = proxy_of(f->words);

	p->mode = PROXY_PASS;
	fault_times = (int)(p->affected - affected_before);
	if (fault_times == 0)
		violated("no traffic went through the proxy");
}
