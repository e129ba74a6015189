/* Faults of the broker and of its deliveries. */
#include "tests/fault/injectors.h"
#include <stdio.h>
#include <unistd.h>

enum { FEW = 100, REPLAY_S = 300 };

static int64_t on_their_way(void)
{
	int64_t n = unsent_events();

	for (size_t i = 0; services_with_events[i] != NULL; i++)
		n += queue_length(services_with_events[i],
				  arena_printf(flow_arena, "%s.events", services_with_events[i]));
	return n;
}

/* As an operator does it. All events of this run are published again, which takes time; it is over when no
 * more events are in flight than users cause. */
static void replay(void)
{
	ck_assert(shell("STATE=%s deploy/local/stagedoor replay >/dev/null", flow_state()));
	for (int s = 0; on_their_way() > FEW; s++) {
		ck_assert_msg(s < REPLAY_S, "the events are still in flight after %d s", REPLAY_S);
		sleep(1);
	}
}

/* New queues need two seconds before traffic. */
void rebuild_broker(const struct fault *f)
{
	(void)f;
	part_stop("broker");
	ck_assert(shell("rm -rf %s/broker/mnesia", flow_state()));
	part_start("broker");
	sleep(2);
	event_tap_bind();
	replay();
}

void lose_queue(const struct fault *f)
{
	ck_assert(
	    shell("%s/etc/rabbitmqctl -q delete_queue -p stagedoor %s >/dev/null", flow_state(), f->words));
}

/* words: the exchange, the routing key, the queue */
void lose_binding(const struct fault *f)
{
	char exchange[60], key[60], lost_by[60];

	ck_assert_int_eq(sscanf(f->words, "%59s %59s %59s", exchange, key, lost_by), 3);
	broker_unbind(exchange, key, lost_by);
}

/* As an operator does it: the broker reads its definitions as it starts. */
void put_topology_right(const struct fault *f)
{
	(void)f;
	part_stop("broker");
	part_start("broker");
	sleep(2);
	replay();
}

void cut_broker(const struct fault *f)
{
	(void)f;
	for (int i = 0; i < 3; i++)
		ck_assert(
		    shell("%s/etc/rabbitmqctl -q close_all_connections -p stagedoor 'a test' >/dev/null",
			  flow_state()));
}

void control_broker(const struct fault *f)
{
	ck_assert(shell("%s/etc/rabbitmqctl -q %s", flow_state(), f->words));
}

void control_broker_end(const struct fault *f)
{
	(void)f;
	ck_assert(shell("%s/etc/rabbitmqctl -q set_disk_free_limit 200MB", flow_state()));
	ck_assert(shell("%s/etc/rabbitmqctl -q set_vm_memory_high_watermark absolute 1GiB", flow_state()));
}

void triple_deliveries(const struct fault *f)
{

	(void)f;
	for (int i = 0; i < 3; i++) {
		usleep(700000);
		for (size_t s = 0; services_with_database[s] != NULL; s++)
			events_again(services_with_database[s], NULL, EVENTS_SHUFFLED);
	}
}

void disorder_deliveries(const struct fault *f)
{
	for (int round = 0; round < 2; round++) {
		part_stop(f->part);
		for (int i = 0; i < 8; i++) {
			usleep(250000);
			events_again("orders", NULL, EVENTS_SOME);
		}
		part_start(f->part);
	}
}
