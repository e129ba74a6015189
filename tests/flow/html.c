/* The HTML checks of every page. */
#include "tests/flow/flow.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

void ck_valid(const struct answer *a, const char *what)
{
	char path[] = "/tmp/stagedoor-page-XXXXXX", output[4000] = "";
	int fd = mkstemp(path);
	FILE *f;

	ck_assert_ptr_nonnull(strstr(a->type, "text/html; charset=utf-8"));
	ck_assert_int_eq(write(fd, a->body, a->len), (ssize_t)a->len);
	close(fd);
	f = popen(arena_printf(flow_arena,
			       "tidy -quiet -errors -utf8 --show-info no --warn-proprietary-attributes no "
			       "--drop-empty-elements no %s 2>&1",
			       path),
		  "r");
	ck_assert_ptr_nonnull(f);
	output[fread(output, 1, sizeof output - 1, f)] = '\0';
	pclose(f);
	unlink(path);
	ck_assert_msg(*output == '\0', "%s: %s", what, output);
	ck_assert_msg(strstr(a->body, "<h1") != NULL, "%s: no heading", what);
	ck_assert_msg(strstr(a->body, "lang=\"en\"") != NULL || strstr(a->body, "lang=\"de\"") != NULL,
		      "%s: no language", what);
}
