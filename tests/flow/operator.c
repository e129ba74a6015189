#include "tests/flow/flow.h"
#include <stdio.h>
#include <stdlib.h>

const char *operator_says(int *ret_status, const char *format, ...)
{
	struct buf text = BUF(flow_arena);
	const char *words;
	char line[500];
	va_list ap;
	FILE *f;

	va_start(ap, format);
	words = arena_vprintf(flow_arena, format, ap);
	va_end(ap);
	f = popen(arena_printf(flow_arena, "STATE='%s' deploy/local/stagedoor %s 2>&1", flow_state(), words),
		  "r");
	ck_assert_ptr_nonnull(f);
	while (fgets(line, sizeof line, f) != NULL)
		buf_puts(&text, line);
	*ret_status = pclose(f) >> 8;
	return buf_text(&text);
}

void broker_unbind(const char *exchange, const char *key, const char *queue)
{
	const char *command = arena_printf(
	    flow_arena,
	    "%s/etc/rabbitmqctl -q eval 'ok = rabbit_binding:remove({binding, "
	    "{resource, <<\"stagedoor\">>, exchange, <<\"%s\">>}, <<\"%s\">>, "
	    "{resource, <<\"stagedoor\">>, queue, <<\"%s\">>}, []}, <<\"a test\">>).' >/dev/null",
	    flow_state(), exchange, key, queue);

	ck_assert_int_eq(system(command), 0);
}
