/* Malformed events. */
#include "tests/fault/load.h"
#include "tests/flow/flow.h"

/*
 * One of each kind: no JSON, too deep, an unknown version, empty data, wrong types, a duplicate member,
 * invalid UTF-8.
 */
void poison_one(struct load *load, uint32_t (*below)(uint32_t n))
{
#define HEAD                                                                                                 \
	"{\"specversion\":\"1.0\",\"id\":\"0199a1b2-c3d4-7e5f-8a9b-0c1d2e3f4a5b\",\"type\":\"order."         \
	"created\","
	static const char *const poison[] = {
	    "not json at all",
	    "[[[[[[[[[[[[[[[[[[[[[[[[]]]]]]]]]]]]]]]]]]]]]]]]",
	    "",
	    "{\"specversion\":\"1.0\",\"what\":\"nobody can read this\"}",
	    HEAD "\"version\":1,\"data\":{}}",
	    HEAD "\"version\":-1,\"data\":{\"id\":17,\"status\":\"created\"}}",
	    HEAD "\"version\":1e99,\"data\":null}",
	    HEAD "\"version\":1,\"version\":2,\"data\":{}}",
	    "{\"specversion\":\"\xff\xfe\"}",
	};
#undef HEAD

	if (below(2) == 0) {
		event_send("orders", "order.created", poison[below(sizeof poison / sizeof *poison)]);
		atomic_fetch_add(&load->poison, 1);
		return;
	}
	if (below(2) == 0)
		event_send("tickets", "ticket.created", poison[below(sizeof poison / sizeof *poison)]);
	else
		event_send("payments", "charge.created", poison[below(sizeof poison / sizeof *poison)]);
	atomic_fetch_add(&load->poison_of_orders, 1);
}
