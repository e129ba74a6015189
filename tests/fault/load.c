#include "tests/fault/fault.h"
#include "tests/fault/users.h"
#include "tests/flow/flow.h"
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

static struct load *load;
static pid_t pids[USERS];
static size_t running;

uint64_t schedule_next(uint64_t *s)
{
	uint64_t z = *s += UINT64_C(0x9e3779b97f4a7c15); /* splitmix64 */

	z = (z ^ z >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
	z = (z ^ z >> 27) * UINT64_C(0x94d049bb133111eb);
	return z ^ z >> 31;
}

uint32_t schedule_below(uint64_t *s, uint32_t below)
{
	return (uint32_t)(schedule_next(s) >> 33) % below;
}

struct load *load_new(void)
{
	load = mmap(NULL, sizeof *load, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	ck_assert(load != MAP_FAILED);
	for (int i = 0; i < SELLERS; i++)
		users.sellers[i] = visitor_signed_up("Seller");
	for (int i = 0; i < BUYERS; i++)
		users.buyers[i] = visitor_signed_up("Buyer");
	users.passer_by = visitor_signed_up("Wen");
	return load;
}

const char *load_seller(int who)
{
	return users.sellers[who]->id;
}

const char *load_buyer(int who)
{
	return users.buyers[who]->id;
}

struct visitor *load_somebody(void)
{
	return users.buyers[0];
}

static bool are_offered(void *l)
{
	return atomic_load(&((struct load *)l)->offered) >= 4;
}

void load_start(struct load *l, uint64_t seed, bool poison)
{
	memset(l, 0, sizeof *l);
	atomic_store(&l->going, true);
	running = 0;
	fflush(stdout);
	for (int r = 0; r < (poison ? ROLES : POISONER); r++)
		for (int i = 0; i < roles[r].count; i++) {
			uint64_t own = schedule_next(&seed);

			if ((pids[running] = fork()) == 0)
				user_run(l, &roles[r], i, own);
			running++;
		}
	if (!wait_until(10000, are_offered, l))
		violated("nobody could list a ticket before the fault");
}

void load_pause(void)
{
	atomic_store(&load->paused, true);
	atomic_store(&load->going, false);
}

bool load_stop(struct load *l)
{
	bool well = true;
	int status;

	atomic_store(&l->going, false);
	for (size_t i = 0; i < running; i++)
		if (waitpid(pids[i], &status, 0) != pids[i] || status != 0)
			well = false;
	running = 0;
	return well;
}
