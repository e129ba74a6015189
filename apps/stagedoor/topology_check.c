#include "apps/stagedoor/topology_check.h"
#include "apps/stagedoor/complain.h"
#include "apps/stagedoor/definitions.h"
#include "apps/stagedoor/rabbitmqctl.h"
#include "apps/stagedoor/things.h"
#include "common/base/buf.h"
#include "common/base/text.h"
#include "common/schema/json.h"
#include <regex.h>
#include <stdio.h>
#include <string.h>

/*
 * `topology check`. Loading definitions over a queue that has other arguments changes nothing and reports
 * success, so what the broker has is read back and compared. A queue that was made when its limits were
 * arguments keeps them permanently: beside a policy, of two numbers the lower applies, of two texts the
 * argument. Arguments equal to the policy are reported too, because they would hide a later change of it.
 */

enum { ARGUMENTS_MAX = 10 };

static size_t compare_wanted(struct things *wanted, struct things *found)
{
	size_t differences = 0;
	struct thing *there;

	for (size_t i = 0; i < wanted->count; i++) {
		const struct thing *w = &wanted->list[i];

		there = things_find(found, w->name);
		if (there != NULL)
			there->met = true;
		if (there != NULL && text_same(there->text, w->text))
			continue;
		if (there == NULL && text_starts(w->name, "queue integrator.")) {
			printf("%s has expired, since nobody read it: topology apply makes it again\n",
			       w->name);
			continue;
		}
		differences++;
		if (there == NULL)
			printf("%s is missing\n", w->name);
		else
			printf("%s differs:\n  at the broker: %s\n  in the list:   %s\n", w->name,
			       there->text, w->text);
	}
	return differences;
}

static bool pattern_matches(const char *pattern, const char *name)
{
	regex_t compiled;
	bool yes;

	if (regcomp(&compiled, pattern, REG_EXTENDED | REG_NOSUB) != 0)
		return false;
	yes = regexec(&compiled, name, 0, NULL, 0) == 0;
	regfree(&compiled);
	return yes;
}

/* The policy that should apply to the queue; NULL when none does. */
static const struct thing *policy_of(const struct things *wanted, const char *queue)
{
	for (size_t i = 0; i < wanted->count; i++) {
		const char *pattern = json_get_text(wanted->list[i].row, "pattern");

		if (pattern != NULL && pattern_matches(pattern, queue))
			return &wanted->list[i];
	}
	return NULL;
}

/* Parts the arguments {"x-delivery-limit":20} into those that the policy repeats and those that it
 * contradicts. */
static void split_arguments(struct arena *a, const struct json_t *policy, const struct json_t *arguments,
			    const char **ret_repeated, const char **ret_contrary)
{
	const char *names[ARGUMENTS_MAX + 1] = {NULL}, *name;
	struct json_t *rest;
	size_t n = 0;

	for (size_t i = 0; n < ARGUMENTS_MAX && (name = json_key_at(arguments, i)) != NULL; i++) {
		const struct json_t *value = json_get(policy, name + strlen("x-"));

		if (value != NULL && text_same(json_text(a, value), json_text(a, json_get(arguments, name))))
			names[n++] = name;
	}
	*ret_repeated = json_text(a, json_pick(a, arguments, names, &rest));
	*ret_contrary = json_text(a, rest);
}

static size_t check_old_arguments(struct arena *a, const struct things *wanted, const struct thing *queue)
{
	const struct thing *p;
	const char *repeated, *contrary;

	if (json_at(queue->old, 0) == NULL ||
	    (p = policy_of(wanted, json_get_text(queue->row, "name"))) == NULL)
		return 0;
	split_arguments(a, json_get(p->row, "definition"), queue->old, &repeated, &contrary);
	if (!text_same(contrary, "{}"))
		printf("%s was made with arguments that the %s contradicts: %s. Make the queue again "
		       "(docs/OPERATIONS.md, Policies).\n",
		       queue->name, p->name, contrary);
	else
		printf("%s was made with arguments that the %s repeats: %s. They do no harm until that "
		       "policy is to "
		       "be changed (docs/OPERATIONS.md, Policies).\n",
		       queue->name, p->name, repeated);
	return !text_same(contrary, "{}");
}

static void report_older_queue(const struct thing *t, const struct json_t *queues)
{
	const char *name = json_get_text(t->row, "name");
	long long messages = json_get_number(ctl_row(queues, name), "messages", 0);

	if (messages == 0)
		printf("%s is empty and of an earlier HOLD_SECONDS: it can be deleted (rabbitmqctl "
		       "-p %s delete_queue %s --if-empty)\n",
		       t->name, topology_vhost, name);
	else
		printf("%s is of an earlier HOLD_SECONDS: %lld messages wait there, leave it until it is "
		       "empty\n",
		       t->name, messages);
}

static void report_older_policy(const struct thing *t, const struct json_t *queues)
{
	const char *name = json_get_text(t->row, "name");

	if (ctl_row(queues, name) == NULL)
		printf("%s is of an earlier HOLD_SECONDS, and its queue is gone: it can be deleted "
		       "(rabbitmqctl -p %s clear_policy %s)\n",
		       t->name, topology_vhost, name);
}

static size_t compare_rest(const struct things *found, const struct json_t *queues)
{
	size_t differences = 0;

	for (size_t i = 0; i < found->count; i++) {
		const struct thing *t = &found->list[i];

		if (t->met)
			continue;
		if (text_starts(t->name, "queue expiration.wait."))
			report_older_queue(t, queues);
		else if (text_starts(t->name, "policy expiration.wait."))
			report_older_policy(t, queues);
		if (strstr(t->name, " expiration.wait.") != NULL)
			continue;
		differences++;
		printf("%s is not in the list\n", t->name);
	}
	return differences;
}

static bool list_has(const struct json_t *list, const char *text)
{
	const char *item;

	for (size_t i = 0; (item = json_at_text(list, i)) != NULL; i++)
		if (text_same(item, text))
			return true;
	return false;
}

/* "orders.events, orders.dead": the queues that should have a member on the node. */
static const char *without_member(struct arena *a, const struct json_t *queues, const char *node)
{
	struct buf names = BUF(a);
	const struct json_t *row;

	for (size_t i = 0; (row = json_at(queues, i)) != NULL; i++) {
		const struct json_t *members = json_get(row, "members");

		if (json_at(members, 0) != NULL && !list_has(members, node))
			buf_printf(&names, "%s%s", names.len == 0 ? "" : ", ", json_get_text(row, "name"));
	}
	return buf_text(&names);
}

/* A queue that was made before a node joined has nothing there, and dies with the nodes that it began on. */
static size_t check_members(struct arena *a, const struct json_t *queues, const struct json_t *nodes)
{
	size_t differences = 0;
	const char *node;

	for (size_t i = 0; (node = json_at_text(nodes, i)) != NULL; i++) {
		const char *names = without_member(a, queues, node);

		if (*names == '\0')
			continue;
		differences++;
		printf("node %s has no member of %s (rabbitmq-queues grow %s all; a stream: rabbitmq-streams "
		       "add_replica)\n",
		       node, names, node);
	}
	return differences;
}

enum { DEFINITIONS, QUEUES, CLUSTER, CALLS };

static const struct ctl_call calls[] = {
    [DEFINITIONS] = {{"export_definitions", "-", "--format", "json"}},
    [QUEUES] = {{"-p", topology_vhost, "list_queues", "name", "messages", "members", "--formatter", "json"}},
    [CLUSTER] = {{"cluster_status", "--formatter", "json"}},
};

static int check_topology(struct arena *a, const struct config *config)
{
	struct json_t *definitions, *answers[CALLS];
	struct things *wanted, *found;
	size_t differences;

	if (topology_json(a, config, &definitions) != OK)
		return 1;
	if (ctl_ask(a, config->rabbitmqctl, calls, CALLS, answers) != OK)
		return complain("the broker could not be asked by %s", config->rabbitmqctl);
	wanted = things_of(a, definitions);
	found = things_of(a, answers[DEFINITIONS]);
	differences = compare_wanted(wanted, found);
	for (size_t i = 0; i < found->count; i++)
		differences += check_old_arguments(a, wanted, &found->list[i]);
	differences += compare_rest(found, answers[QUEUES]);
	differences += check_members(a, answers[QUEUES], json_get(answers[CLUSTER], "running_nodes"));
	if (differences == 0)
		printf("The broker has what the list says: %zu things.\n", wanted->count);
	return differences == 0 ? 0 : 1;
}

int topology_check(const struct config *config)
{
	struct arena *a = arena_new();
	int rc = check_topology(a, config);

	arena_free(a);
	return rc;
}
