#ifndef STAGEDOOR_TESTS_FUZZ_H
#define STAGEDOOR_TESTS_FUZZ_H

#include "common/base/arena.h"
#include "common/base/err.h"
#include <stdbool.h>
#include <string.h>

/*
 * A target is one file with fuzz_one: it passes the bytes to a parser of untrusted input, and states with
 * HOLDS what must be true of the result. libFuzzer makes the bytes (make fuzz); make fuzz-corpus runs the
 * committed ones only.
 */
bool fuzz_one(struct arena *a, const char *bytes, size_t len); /* were the bytes valid input? */
void fuzz_begin(void);                                         /* called once */

/* Aborts, so that the fuzzer keeps the bytes. */
#define HOLDS(condition) ((condition) ? (void)0 : fuzz_fails(__FILE__, __LINE__, #condition))
_Noreturn void fuzz_fails(const char *file, int line, const char *what);

/* The bytes up to the first `separator` as a string, the rest in *rest; all of them when there is none. A NUL
 * ends the string. */
const char *fuzz_part(struct arena *a, const char **rest, size_t *len, char separator);

/* A new directory that is removed at the end; its path. */
const char *fuzz_directory(void);

#endif
