#ifndef STAGEDOOR_TESTS_LINE_LINE_H
#define STAGEDOOR_TESTS_LINE_LINE_H

#include <stdatomic.h>
#include <stdint.h>

/*
 * What stands between the programs and the database, the broker and the bank: `line` passes bytes on, both
 * ways, and does to them what a bad network does. The test and it share a file: struct lines.
 */
enum line_mode {
	LINE_PASSES,
	LINE_LATE,   /* every piece comes `value` ms later */
	LINE_SLICED, /* in pieces of `value` bytes at most */
	LINE_TORN,   /* each connection is reset in the middle, after 1 to `value` bytes */
	LINE_SILENT, /* half open: nothing passes, nobody is told; whoever was connected is reset when it is
			over */
};

enum line_name { LINE_DATABASE, LINE_BROKER, LINE_BANK, LINES };

struct lines {
	struct line {
		_Atomic int32_t mode, value;
		_Atomic uint32_t seed;   /* of where connections are torn */
		_Atomic int64_t spoiled; /* how often something was done to somebody */
	} list[LINES];
};

#endif
