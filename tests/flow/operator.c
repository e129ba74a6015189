#include "tests/flow/flow.h"
#include <stdio.h>
#include <stdlib.h>

static const char *says(const char *command, int *ret_status)
{
	struct buf text = BUF(flow_arena);
	FILE *f = popen(command, "r");
	char line[500];

	ck_assert_ptr_nonnull(f);
	while (fgets(line, sizeof line, f) != NULL)
		buf_puts(&text, line);
	*ret_status = pclose(f) >> 8;
	return buf_text(&text);
}

const char *operator_says(int *ret_status, const char *format, ...)
{
	const char *words;
	va_list ap;

	va_start(ap, format);
	words = arena_vprintf(flow_arena, format, ap);
	va_end(ap);
	return says(
	    arena_printf(flow_arena, "STATE='%s' deploy/local/stagedoor %s 2>&1", flow_state(), words),
	    ret_status);
}

const char *command_says(const char *format, ...)
{
	const char *command;
	int status;
	va_list ap;

	va_start(ap, format);
	command = arena_vprintf(flow_arena, format, ap);
	va_end(ap);
	return says(arena_printf(flow_arena, "bash <<'END_OF_COMMAND'\n%s\nEND_OF_COMMAND\n", command),
		    &status);
}

const char *operator_with(int *ret_status, const char *settings, const char *words)
{
	return says(arena_printf(flow_arena,
				 "env -i PATH=\"$PATH\" $(cat '%s/etc/stagedoor.env') STAGEDOOR_%s "
				 "build/bin/stagedoor %s 2>&1",
				 flow_state(), settings, words),
		    ret_status);
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
