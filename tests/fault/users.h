#ifndef STAGEDOOR_TESTS_FAULT_USERS_H
#define STAGEDOOR_TESTS_FAULT_USERS_H

#include "tests/fault/load.h"

/* The users at the site during a fault, and what each does (load.h). */
extern struct users {
	struct visitor *sellers[SELLERS], *buyers[BUYERS], *passer_by;
} users;

enum { ROLES = 5, POISONER = ROLES - 1, USERS = SELLERS + BUYERS + 3 };

struct role {
	void (*step)(void);
	int count;
};
extern const struct role roles[ROLES];

/* Does one step after the other until load->going is false, then ends the process. */
_Noreturn void user_run(struct load *load, const struct role *role, int who, uint64_t seed);

#endif
