#ifndef STAGEDOOR_BASE_FAILPOINT_H
#define STAGEDOOR_BASE_FAILPOINT_H

#include "common/base/err.h"
#include <stdbool.h>
#include <stdint.h>

/*
 * Crash points for tests (failpoint.def). Only a separate build has them (-DFAILPOINTS: make FAILPOINTS=on
 * BUILD=build/fault); in all others FAILPOINT(name) is nothing, FAILPOINT_FAILS(name) is false, and the
 * setting FAILPOINT_FILE is unknown.
 *
 * The file is mapped by every program and by the test: struct failpoints. A test arms a point for one program
 * while it runs: it writes program and at, and then action; the hit number `at`, counted over all its
 * processes and threads, does it.
 */
enum failpoint {
#define POINT(name, where) FAILPOINT_##name,
#include "common/base/failpoint.def"
#undef POINT
	FAILPOINT__COUNT
};

enum failpoint_action {
	FAILPOINT_OFF,
	FAILPOINT_KILL,  /* SIGKILL to itself */
	FAILPOINT_STOP,  /* SIGSTOP to itself, until somebody sends SIGCONT */
	FAILPOINT_ERROR, /* FAILPOINT_FAILS is true, once */
};

struct failpoints {
	struct failpoint_slot {
		char program[28]; /* "orders-web" */
		_Atomic int32_t action;
		int32_t at; /* 1: the first hit */
		_Atomic int32_t hits;
	} slots[FAILPOINT__COUNT];
};

#ifdef FAILPOINTS
#define FAILPOINT(name)                 ((void)failpoint_hit(FAILPOINT_##name))
#define FAILPOINT_FAILS(name)           failpoint_hit(FAILPOINT_##name)
#define FAILPOINT_FOLLOW(path, program) failpoint_follow(path, program)

/* Maps the file, which is created when missing; NULL or "": all points stay off. The program's name lives as
 * long as it. ERR_NOT_FOUND. */
err failpoint_follow(const char *path, const char *program) NODISCARD;

/* True when the point's action is error and this is the hit. */
bool failpoint_hit(enum failpoint point);
#else
#define FAILPOINT(name)                 ((void)0)
#define FAILPOINT_FAILS(name)           false
#define FAILPOINT_FOLLOW(path, program) OK
#endif

#endif
