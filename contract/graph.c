#include "amqp/topology.h"
#include "common/base/buf.h"
#include "common/base/config.h"
#include "common/base/text.h"
#include "contract/documents.h"
#include <string.h>

/*
 * The picture from left to right: publishing services, their exchanges, queues, consuming services. A service
 * is on both sides, so that no line runs backwards. One line from an exchange to a queue is labelled with all
 * routing keys of an audience. Colours come by class from the style sheet that contract/draw adds to the
 * picture, so that it can be read on a light and on a dark page.
 */

static bool is_own(const char *exchange)
{
	size_t len = strlen(exchange);

	return len > 4 && strcmp(exchange + len - 4, ".own") == 0;
}

static bool is_public(const char *type)
{
	const struct event *ev = event_of_type(type);

	return ev != NULL && event_is_public(ev);
}

static bool publishes(const char *service)
{
	for (size_t i = 0; events[i] != NULL; i++)
		if (text_same(events[i]->publisher, service))
			return true;
	return false;
}

static bool has_queue(const struct topology *t, const char *name)
{
	for (const struct topology_queue *q = t->queues; q->name != NULL; q++)
		if (text_same(q->name, name))
			return true;
	return false;
}

static void put_head(struct buf *b)
{
	buf_puts(b, "digraph events {\n"
		    "\trankdir=LR; ranksep=1.1; nodesep=0.22; splines=spline; bgcolor=transparent; pad=0.3;\n"
		    "\tnode [fontname=\"Helvetica,Arial,sans-serif\", fontsize=12, margin=\"0.14,0.07\"];\n"
		    "\tedge [fontname=\"Helvetica,Arial,sans-serif\", fontsize=10, arrowsize=0.7];\n");
}

/* prefix: of the node's name, since a service has two nodes */
static void put_node(struct buf *b, const char *prefix, const char *name, const char *shape,
		     const char *class)
{
	buf_printf(b, "\t\"%s%s\" [label=\"%s\", shape=%s, class=\"%s\"];\n", prefix, name, name, shape,
		   class);
}

static void put_column(struct buf *b, const char *const *names, const char *prefix)
{
	buf_puts(b, "\t{ rank=same;");
	for (; *names != NULL; names++)
		buf_printf(b, " \"%s%s\";", prefix, *names);
	buf_puts(b, " }\n");
}

static void put_services(struct buf *b)
{
	for (const char *const *s = services; *s != NULL; s++) {
		if (!publishes(*s))
			continue;
		put_node(b, "from ", *s, "box", "service");
		put_node(b, "stagedoor.", *s, "cds", "exchange");
		buf_printf(b, "\t\"stagedoor.%s\" [label=\"stagedoor.%s\"];\n", *s, *s);
		buf_printf(b, "\t\"from %s\" -> \"stagedoor.%s\" [class=\"line\"];\n", *s, *s);
	}
	put_column(b, services, "from ");
}

/* "orders" of "orders.events"; NULL: a queue of no service. */
static const char *owner_of(const char *queue)
{
	for (const char *const *s = services; *s != NULL; s++)
		if (text_starts(queue, *s) && queue[strlen(*s)] == '.')
			return *s;
	return NULL;
}

static bool gets_events(const struct topology *t, const char *queue)
{
	for (const struct topology_binding *b = t->bindings; b->exchange != NULL; b++)
		if (text_same(b->queue, queue) && !is_own(b->exchange))
			return true;
	return false;
}

static void put_queue(struct buf *b, const struct topology *t, const char *queue)
{
	const char *owner = owner_of(queue), *dead;

	put_node(b, "", queue, "cylinder", "queue");
	if (owner == NULL)
		return;
	put_node(b, "to ", owner, "box", "service");
	buf_printf(b, "\t\"%s\" -> \"to %s\" [class=\"line\"];\n", queue, owner);
	dead = arena_printf(b->arena, "%s.dead", owner);
	if (has_queue(t, dead)) {
		put_node(b, "", dead, "cylinder", "dead");
		buf_printf(b, "\t\"%s\" -> \"%s\" [class=\"dead\", style=dotted];\n", queue, dead);
	}
}

/* Bindings from the same exchange to the same queue for the same audience share a line. */
static bool is_alike(const struct topology_binding *x, const struct topology_binding *y)
{
	return text_same(x->exchange, y->exchange) && text_same(x->queue, y->queue) &&
	       is_public(x->key) == is_public(y->key);
}

static bool is_first(const struct topology_binding *all, const struct topology_binding *one)
{
	while (all < one && !is_alike(all, one))
		all++;
	return all == one;
}

static void put_binding(struct buf *b, const struct topology_binding *one)
{
	struct buf keys = BUF(b->arena);
	bool public = is_public(one->key);

	for (const struct topology_binding *at = one; at->exchange != NULL; at++)
		if (is_alike(at, one))
			buf_printf(&keys, "%s%s", keys.len > 0 ? "\\n" : "", at->key);
	buf_printf(b, "\t\"%s\" -> \"%s\" [label=\"%s\", class=\"%s\"%s];\n", one->exchange, one->queue,
		   buf_text(&keys), public ? "line" : "private", public ? "" : ", style=dashed");
}

static void put_bindings(struct buf *b, const struct topology *t)
{
	for (const struct topology_binding *one = t->bindings; one->exchange != NULL; one++)
		if (!is_own(one->exchange) && is_first(t->bindings, one))
			put_binding(b, one);
}

/* The wait for the end of a hold leads from expiration back to expiration. */
static void put_wait(struct buf *b, int64_t hold_seconds)
{
	const char *wait = topology_wait_queue(b->arena, hold_seconds);

	put_node(b, "", wait, "cylinder", "queue");
	put_node(b, "", "expiration.due", "cylinder", "queue");
	buf_printf(b, "\t{ rank=same; \"to expiration\"; \"%s\"; \"expiration.due\"; }\n", wait);
	buf_printf(b, "\t\"%s\" [label=\"%s\\nuntil the hold ends\"];\n", wait, wait);
	buf_printf(b, "\t\"to expiration\" -> \"%s\" [class=\"line\"];\n", wait);
	buf_printf(b, "\t\"%s\" -> \"expiration.due\" [class=\"line\"];\n", wait);
	buf_puts(b, "\t\"expiration.due\" -> \"to expiration\" [class=\"line\"];\n");
}

static bool has_public(const char *service)
{
	for (size_t i = 0; events[i] != NULL; i++)
		if (text_same(events[i]->publisher, service) && event_is_public(events[i]))
			return true;
	return false;
}

static void put_integrators(struct buf *b)
{
	put_node(b, "", "integrator.NAME.events", "cylinder", "outside");
	put_node(b, "to ", "integrators", "box", "outside");
	for (const char *const *s = services; *s != NULL; s++)
		if (has_public(*s))
			buf_printf(
			    b, "\t\"stagedoor.%s\" -> \"integrator.NAME.events\" [class=\"outside\"];\n", *s);
	buf_puts(b, "\t\"integrator.NAME.events\" -> \"to integrators\" "
		    "[class=\"outside\", label=\"public events\\nthat they bind\"];\n");
}

/* The default of the setting. */
static int64_t default_hold_seconds(struct arena *a)
{
	const char *problem;
	struct config c;

	BUG_IF(config_load(a, (char *[]){NULL}, 0, &c, &problem) != OK);
	return c.hold_seconds;
}

const char *document_graph(struct arena *a)
{
	int64_t hold_seconds = default_hold_seconds(a);
	const struct topology t = topology_make(a, &(struct topology_settings){.hold_seconds = hold_seconds});
	struct buf b = BUF(a);

	put_head(&b);
	put_services(&b);
	for (const struct topology_queue *q = t.queues; q->name != NULL; q++)
		if (gets_events(&t, q->name))
			put_queue(&b, &t, q->name);
	put_bindings(&b, &t);
	put_wait(&b, hold_seconds);
	put_integrators(&b);
	buf_puts(&b, "}\n");
	return buf_text(&b);
}
