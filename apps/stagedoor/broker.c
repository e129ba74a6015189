#include "amqp/topology.h"
#include "apps/stagedoor/stagedoor.h"
#include "common/base/buf.h"
#include "common/base/text.h"
#include "common/schema/json.h"
#include <fcntl.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

/*
 * Loading definitions over a queue that has other arguments changes nothing and reports success, so what the
 * broker has is read back and compared. Both sides become things: a name ("queue orders.events") and all that
 * is to be known of it in one text.
 */

enum { THINGS_MAX = 1000, ARGUMENTS_MAX = 20 };

struct things {
	struct thing {
		const char *name, *text;
		int64_t messages;
		bool met;
	} list[THINGS_MAX];
	size_t count;
};

static void add(struct things *all, const char *name, const char *text, int64_t messages)
{
	if (all->count < THINGS_MAX)
		all->list[all->count++] = (struct thing){name, text, messages, false};
}

static struct thing *find(struct things *all, const char *name)
{
	for (size_t i = 0; i < all->count; i++)
		if (text_same(all->list[i].name, name))
			return &all->list[i];
	return NULL;
}

static int by_text(const void *x, const void *y)
{
	return strcmp(*(const char *const *)x, *(const char *const *)y);
}

/* Arguments come in any order; each is written as rabbitmqctl does. */
static const char *joined(struct arena *a, const char *head, const char **arguments, size_t count)
{
	struct buf text = BUF(a);

	qsort(arguments, count, sizeof *arguments, by_text);
	buf_puts(&text, head);
	for (size_t i = 0; i < count; i++)
		buf_printf(&text, " %s", arguments[i]);
	return buf_text(&text);
}

static const char *wanted_argument(struct arena *a, const struct topology_argument *g)
{
	if (g->type == TOPOLOGY_TEXT)
		return arena_printf(a, "[\"%s\",\"longstr\",\"%s\"]", g->name, g->text);
	if (g->type == TOPOLOGY_NUMBER)
		return arena_printf(a, "[\"%s\",\"long\",%lld]", g->name, (long long)g->number);
	return arena_printf(a, "[\"%s\",\"bool\",true]", g->name);
}

static const char *wanted_queue(struct arena *a, const struct topology_queue *q)
{
	const char *arguments[ARGUMENTS_MAX];
	size_t count = 0;

	for (const struct topology_argument *g = q->arguments; g->name != NULL && count < ARGUMENTS_MAX; g++)
		arguments[count++] = wanted_argument(a, g);
	return joined(a, "quorum durable", arguments, count);
}

static const char *found_with_arguments(struct arena *a, const struct json_t *row)
{
	const struct json_t *list = json_get(row, "arguments"), *item;
	const char *arguments[ARGUMENTS_MAX];
	size_t count = 0;

	for (size_t i = 0; count < ARGUMENTS_MAX && (item = json_at(list, i)) != NULL; i++)
		arguments[count++] = json_text(a, item);
	return joined(a,
		      arena_printf(a, "%s%s%s%s", json_get_text(row, "type"),
				   json_get_flag(row, "durable", false) ? " durable" : " transient",
				   json_get_flag(row, "auto_delete", false) ? " auto-delete" : "",
				   json_get_flag(row, "internal", false) ? " internal" : ""),
		      arguments, count);
}

static void want(struct arena *a, const struct config *config, struct things *all)
{
	struct topology t = topology_make(a, config->hold_seconds);

	for (const struct topology_exchange *x = t.exchanges; x->name != NULL; x++)
		add(all, arena_printf(a, "exchange %s", x->name), arena_printf(a, "%s durable", x->type), 0);
	for (const struct topology_queue *q = t.queues; q->name != NULL; q++)
		add(all, arena_printf(a, "queue %s", q->name), wanted_queue(a, q), 0);
	for (const struct topology_binding *b = t.bindings; b->exchange != NULL; b++)
		add(all, arena_printf(a, "binding of %s to queue %s by %s", b->exchange, b->queue, b->key),
		    "", 0);
	for (const struct topology_user *u = t.users; u->name != NULL; u++) {
		add(all, arena_printf(a, "user %s", u->name), "[]", 0);
		add(all, arena_printf(a, "rights of %s", u->name),
		    arena_printf(a, "configure %s write %s read %s", u->configure, u->write, u->read), 0);
	}
	for (const struct topology_keys *k = t.keys; k->user != NULL; k++)
		add(all, arena_printf(a, "keys of %s at %s", k->user, k->exchange),
		    arena_printf(a, "write %s read %s", k->write, k->read), 0);
}

static void found_queue(struct arena *a, struct things *all, const struct json_t *row)
{
	add(all, arena_printf(a, "queue %s", json_get_text(row, "name")), found_with_arguments(a, row),
	    json_get_number(row, "messages", 0));
}

/* The broker's own are not ours to judge, nor is what the integrator makes. */
static bool is_foreign(const char *name)
{
	return *name == '\0' || text_starts(name, "amq.") || text_starts(name, "integrator.");
}

static void found_exchange(struct arena *a, struct things *all, const struct json_t *row)
{
	if (!is_foreign(json_get_text(row, "name")))
		add(all, arena_printf(a, "exchange %s", json_get_text(row, "name")),
		    found_with_arguments(a, row), 0);
}

static void found_binding(struct arena *a, struct things *all, const struct json_t *row)
{
	const char *from = json_get_text(row, "source_name"), *to = json_get_text(row, "destination_name");

	if (*from != '\0' && !text_starts(to, "integrator."))
		add(all,
		    arena_printf(a, "binding of %s to %s %s by %s", from,
				 json_get_text(row, "destination_kind"), to,
				 json_get_text(row, "routing_key")),
		    "", 0);
}

static void found_user(struct arena *a, struct things *all, const struct json_t *row)
{
	add(all, arena_printf(a, "user %s", json_get_text(row, "user")), json_text(a, json_get(row, "tags")),
	    0);
}

static void found_rights(struct arena *a, struct things *all, const struct json_t *row)
{
	add(all, arena_printf(a, "rights of %s", json_get_text(row, "user")),
	    arena_printf(a, "configure %s write %s read %s", json_get_text(row, "configure"),
			 json_get_text(row, "write"), json_get_text(row, "read")),
	    0);
}

static void found_keys(struct arena *a, struct things *all, const struct json_t *row)
{
	add(all,
	    arena_printf(a, "keys of %s at %s", json_get_text(row, "user"), json_get_text(row, "exchange")),
	    arena_printf(a, "write %s read %s", json_get_text(row, "write"), json_get_text(row, "read")), 0);
}

/* What rabbitmqctl is asked; all at once, since each call takes most of a second. */
static const struct question {
	const char *arguments[8];
	void (*found)(struct arena *a, struct things *all, const struct json_t *row);
} questions[] = {
    {{"list_queues", "name", "type", "durable", "auto_delete", "arguments", "messages"}, found_queue},
    {{"list_exchanges", "name", "type", "durable", "auto_delete", "internal", "arguments"}, found_exchange},
    {{"list_bindings", "source_name", "destination_name", "destination_kind", "routing_key"}, found_binding},
    {{"list_users"}, found_user},
    {{"list_permissions"}, found_rights},
    {{"list_topic_permissions"}, found_keys},
};

enum { QUESTIONS = sizeof questions / sizeof *questions };

struct asked {
	pid_t pid;
	int fd;
};

/* list_users is the one that belongs to no vhost, and refuses to be told of one. */
static char **command_line(struct arena *a, const char *program, const struct question *q)
{
	char **argv = arena_array(a, 16, sizeof *argv), **end = argv;

	*end++ = arena_strdup(a, program);
	*end++ = arena_strdup(a, "-q");
	if (q->found != found_user) {
		*end++ = arena_strdup(a, "-p");
		*end++ = arena_strdup(a, topology_vhost);
	}
	for (const char *const *word = q->arguments; *word != NULL; word++)
		*end++ = arena_strdup(a, *word);
	*end++ = arena_strdup(a, "--formatter");
	*end++ = arena_strdup(a, "json");
	return argv;
}

static err ask(struct arena *a, const char *program, const struct question *q, struct asked *ret_asked)
{
	posix_spawn_file_actions_t actions;
	int ends[2], failed;

	if (pipe2(ends, O_CLOEXEC) != 0)
		return ERR_AWAY;
	posix_spawn_file_actions_init(&actions);
	posix_spawn_file_actions_adddup2(&actions, ends[1], STDOUT_FILENO);
	failed = posix_spawn(&ret_asked->pid, program, &actions, NULL, command_line(a, program, q), environ);
	posix_spawn_file_actions_destroy(&actions);
	close(ends[1]);
	ret_asked->fd = ends[0];
	if (failed == 0)
		return OK;
	close(ends[0]);
	return ERR_NOT_FOUND;
}

static err read_call(struct arena *a, const struct question *q, const struct asked *call, struct things *all)
{
	struct buf text = BUF(a);
	const struct json_t *row;
	struct json_t *rows;
	char part[4096];
	int status;
	ssize_t n;
	err e;

	while ((n = read(call->fd, part, sizeof part)) > 0)
		buf_add(&text, part, (size_t)n);
	close(call->fd);
	if (waitpid(call->pid, &status, 0) < 0 || status != 0)
		return ERR_AWAY;
	if ((e = json_parse(a, buf_text(&text), text.len, &rows)) != OK)
		return e;
	for (size_t i = 0; (row = json_at(rows, i)) != NULL; i++)
		q->found(a, all, row);
	return OK;
}

static err look(struct arena *a, const char *program, struct things *all)
{
	struct asked calls[QUESTIONS];
	err e = OK, one;
	size_t asked;

	for (asked = 0; asked < QUESTIONS && e == OK; asked++)
		e = ask(a, program, &questions[asked], &calls[asked]);
	if (e != OK)
		asked--;
	for (size_t i = 0; i < asked; i++)
		if ((one = read_call(a, &questions[i], &calls[i], all)) != OK)
			e = one;
	return e;
}

static size_t compare(struct things *wanted, struct things *found)
{
	size_t differences = 0;
	struct thing *there;

	for (size_t i = 0; i < wanted->count; i++) {
		const struct thing *w = &wanted->list[i];

		there = find(found, w->name);
		if (there != NULL)
			there->met = true;
		if (there != NULL && text_same(there->text, w->text))
			continue;
		differences++;
		if (there == NULL)
			printf("%s is missing\n", w->name);
		else
			printf("%s differs:\n  at the broker: %s\n  in the list:   %s\n", w->name,
			       there->text, w->text);
	}
	return differences;
}

/* HOLD_SECONDS was another once: such a queue goes when it is empty. */
static bool is_older_wait(const char *name)
{
	return text_starts(name, "queue expiration.wait.") ||
	       strstr(name, " to queue expiration.wait.") != NULL;
}

static void tell_older_wait(const struct thing *t)
{
	if (!text_starts(t->name, "queue "))
		return;
	if (t->messages == 0)
		printf("%s is empty and of an earlier HOLD_SECONDS: it can be deleted (rabbitmqctl "
		       "delete_queue %s --if-empty)\n",
		       t->name, t->name + strlen("queue "));
	else
		printf("%s is of an earlier HOLD_SECONDS: %lld messages wait there, leave it until it is "
		       "empty\n",
		       t->name, (long long)t->messages);
}

static size_t compare_rest(const struct things *found)
{
	size_t differences = 0;

	for (size_t i = 0; i < found->count; i++) {
		const struct thing *t = &found->list[i];

		if (t->met || text_starts(t->name, "queue integrator."))
			continue;
		if (is_older_wait(t->name)) {
			tell_older_wait(t);
			continue;
		}
		differences++;
		printf("%s is not in the list\n", t->name);
	}
	return differences;
}

static int check(struct arena *a, const struct config *config)
{
	struct things *wanted = arena_alloc(a, sizeof *wanted), *found = arena_alloc(a, sizeof *found);
	size_t differences;

	want(a, config, wanted);
	if (look(a, config->rabbitmqctl, found) != OK)
		return complain("the broker could not be asked by %s", config->rabbitmqctl);
	differences = compare(wanted, found);
	differences += compare_rest(found);
	if (differences == 0)
		printf("The broker has what the list says: %zu things.\n", wanted->count);
	return differences == 0 ? 0 : 1;
}

int topology_check(const struct config *config)
{
	struct arena *a = arena_new();
	int rc = check(a, config);

	arena_free(a);
	return rc;
}
