#ifndef STAGEDOOR_TESTS_FAULT_PEOPLE_H
#define STAGEDOOR_TESTS_FAULT_PEOPLE_H

#include "tests/fault/load.h"

/* Who is at the site during a fault, and what each does (load.h). */
extern struct people {
	struct visitor *sellers[SELLERS], *buyers[BUYERS], *passer_by;
} people;

enum { ROLES = 5, POISONER = ROLES - 1, PEOPLE = SELLERS + BUYERS + 3 };

struct role {
	void (*step)(void);
	int count;
};
extern const struct role roles[ROLES];

/* Does one step after the other until load->going is over, in the process of its own that this then ends. */
_Noreturn void live(struct load *load, const struct role *role, int who, uint64_t seed);

#endif
