/* What is done to the lines between the programs and what they are connected to (tests/line). */
#include "common/base/text.h"
#include "tests/fault/means.h"
#include "tests/line/line.h"
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

static const char *const names[LINES] = {
    [LINE_DATABASE] = "database", [LINE_BROKER] = "broker", [LINE_BANK] = "bank"};
static const char *const modes[] = {
    [LINE_LATE] = "late", [LINE_SLICED] = "sliced", [LINE_TORN] = "torn", [LINE_SILENT] = "silent"};

static struct line *line_of(const char *words)
{
	static struct lines *map;
	size_t n = 0;

	if (map == NULL) {
		int fd = open(arena_printf(flow_arena, "%s.lines", flow_state()), O_RDWR);

		ck_assert_msg(fd >= 0, "the programs have no lines");
		map = mmap(NULL, sizeof *map, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
		ck_assert(map != MAP_FAILED);
		close(fd);
	}
	while (n < LINES && !text_starts(words, names[n]))
		n++;
	ck_assert_uint_lt(n, LINES);
	return &map->list[n];
}

static int mode_of(const char *word)
{
	int mode = LINE_LATE;

	while (!text_starts(word, modes[mode]))
		ck_assert_int_lt(++mode, (int)(sizeof modes / sizeof *modes));
	return mode;
}

static int64_t spoiled_before;

/* words: the line, how, and how much */
void spoil_line(const struct fault *f)
{
	struct line *l = line_of(f->words);

	spoiled_before = l->spoiled;
	l->seed = schedule_below(&fault_state, UINT32_MAX);
	l->value = atoi(strrchr(f->words, ' '));
	l->mode = mode_of(strchr(f->words, ' ') + 1);
}

void mend_line(const struct fault *f)
{
	struct line *l = line_of(f->words);

	l->mode = LINE_PASSES;
	fault_times = (int)(l->spoiled - spoiled_before);
	if (fault_times == 0)
		violated("nothing went by the line");
}
