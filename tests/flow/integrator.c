#include "tests/flow/integrator.h"
#include "tests/flow/flow.h"
#include <stdlib.h>
#include <string.h>

static const char *word_after(const char *text, const char *label)
{
	const char *at = strstr(text, label);

	ck_assert_msg(at != NULL, "%s is missing in: %s", label, text);
	at += strlen(label);
	at += strspn(at, " ");
	return arena_memdup(flow_arena, at, strcspn(at, "\n"));
}

struct integrator *integrator_new(const char *name)
{
	struct integrator *o = arena_alloc(flow_arena, sizeof *o);
	const char *said;
	int status;

	said = operator_says(&status, "integrator add %s", name);
	ck_assert_msg(status == 0, "%s", said);
	*o = (struct integrator){name, word_after(said, "  user "), word_after(said, "  password "),
				 word_after(said, "  queue ")};
	return o;
}

void integrator_gone(const struct integrator *o)
{
	int status;
	const char *said = operator_says(&status, "integrator remove %s", o->name);

	ck_assert_msg(status == 0, "%s", said);
}

amqp_connection_state_t broker_login(const char *user, const char *secret)
{
	amqp_connection_state_t c = amqp_new_connection();
	amqp_socket_t *socket = amqp_tcp_socket_new(c);

	ck_assert_int_eq(amqp_socket_open(socket, "127.0.0.1", atoi(strrchr(flow_url(), ':') + 1) + 1), 0);
	if (amqp_login(c, "stagedoor", 0, 131072, 0, AMQP_SASL_METHOD_PLAIN, user, secret).reply_type ==
	    AMQP_RESPONSE_NORMAL) {
		amqp_channel_open(c, 1);
		ck_assert_int_eq(amqp_get_rpc_reply(c).reply_type, AMQP_RESPONSE_NORMAL);
		return c;
	}
	amqp_destroy_connection(c);
	return NULL;
}

int broker_code(amqp_connection_state_t c)
{
	amqp_rpc_reply_t reply = amqp_get_rpc_reply(c);

	if (reply.reply_type == AMQP_RESPONSE_NORMAL)
		return 0;
	return reply.reply_type == AMQP_RESPONSE_SERVER_EXCEPTION &&
		       reply.reply.id == AMQP_CHANNEL_CLOSE_METHOD
		   ? ((amqp_channel_close_t *)reply.reply.decoded)->reply_code
		   : 1;
}
