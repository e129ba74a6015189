#include "tests/fuzz/fuzz.h"
#include "common/base/log.h"
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

int LLVMFuzzerInitialize(int *argc, char ***argv);
int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len);

static long taken, refused;
static char directory[] = "/tmp/stagedoor-fuzz-XXXXXX";

_Noreturn void fuzz_fails(const char *file, int line, const char *what)
{
	fprintf(stderr, "does not hold at %s:%d: %s\n", file, line, what);
	abort();
}

/* tests/fuzz/run requires both: seeds that a parser accepts, and seeds that it refuses */
static void tell(void)
{
	fprintf(stderr, "taken %ld, refused %ld\n", taken, refused);
}

static void remove_directory(void)
{
	char command[sizeof directory + 16];

	snprintf(command, sizeof command, "rm -rf %s", directory);
	if (system(command) != 0)
		fprintf(stderr, "%s is left\n", directory);
}

const char *fuzz_directory(void)
{
	HOLDS(mkdtemp(directory) != NULL);
	atexit(remove_directory);
	return directory;
}

const char *fuzz_part(struct arena *a, const char **rest, size_t *len, char separator)
{
	const char *at = *rest, *end = *len == 0 ? NULL : memchr(at, separator, *len);
	size_t n = end == NULL ? *len : (size_t)(end - at);

	*rest += end == NULL ? n : n + 1;
	*len -= end == NULL ? n : n + 1;
	return arena_memdup(a, at, n);
}

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
	(void)argc;
	(void)argv;
	log_threshold(LOG_ALARM + 1);
	atexit(tell);
	fuzz_begin();
	return 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
	struct arena *a = arena_new();

	if (fuzz_one(a, (const char *)bytes, len))
		taken++;
	else
		refused++;
	arena_free(a);
	return 0;
}
