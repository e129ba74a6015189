#ifndef STAGEDOOR_TESTS_FAULT_INJECTORS_H
#define STAGEDOOR_TESTS_FAULT_INJECTORS_H

#include "tests/fault/fault.h"

/* The injectors of faults.def; each reads its parameters from f->words. */
void nothing_to_end(const struct fault *f);
void part_killed(const struct fault *f);
void part_killed_again(const struct fault *f); /* in half of the runs, while it starts */
void part_stopped(const struct fault *f);
void part_goes_on(const struct fault *f);
void cut_database(const struct fault *f); /* KILL of every transaction's connection, for 3 s */
void hold_locks(const struct fault *f);   /* on rows that every user needs */
void release_locks(const struct fault *f);
void force_deadlocks(const struct fault *f);   /* and counts them */
void limit_connections(const struct fault *f); /* fewer than the programs need */
void unlimit_connections(const struct fault *f);
void fill_disk(const struct fault *f); /* of the part in words, which then runs on a small file system */
void clear_disk(const struct fault *f);
void clear_disk_of_broker(const struct fault *f); /* its queues are damaged, so it is rebuilt as below */
void rebuild_broker(const struct fault *f);       /* without its data, then everything is published again */
void lose_queue(const struct fault *f);
void lose_binding(const struct fault *f);
void put_topology_right(const struct fault *f); /* restart, and everything is published again */
void cut_broker(const struct fault *f);         /* every connection, three times */
void control_broker(const struct fault *f);     /* rabbitmqctl with these words */
void control_broker_end(const struct fault *f);
void bank_fault_begin(const struct fault *f); /* words: path, blank, form */
void bank_fault_end(const struct fault *f);
void triple_deliveries(
    const struct fault *f); /* the newest events are published again, shuffled, three times */
void disorder_deliveries(const struct fault *f); /* instead of the relay: some now, others later, shuffled */
void part_restarts(const struct fault *f);       /* every 3 s */
void part_away(const struct fault *f);
void part_back_after_holds(const struct fault *f); /* after more time than holds may take to end */
void move_clock(const struct fault *f);            /* by so many seconds */
void move_clock_of(const struct fault *f);         /* of one service only */
void put_clock_right(const struct fault *f);
void crowd_nginx(const struct fault *f); /* more idle connections than it can accept */
void disperse_crowd(const struct fault *f);
void stay_away(const struct fault *f); /* of leave_early */
void busy_begin(
    const struct fault *f); /* more callers than the pool has threads, and each thread waits for a lock */
void busy_end(const struct fault *f);
void leave_early(const struct fault *f); /* clients that do not wait for their answer, or send half a body */
void crowd_one_ticket(const struct fault *f); /* 64 buyers, 1000 rounds */
void crowd_deadline(const struct fault *f);   /* paid from 50 ms before until 50 ms after, 500 rounds */
void reload_nginx(const struct fault *f);
void limit_handles(const struct fault *f); /* no further handle for the processes of this part */
void unlimit_handles(const struct fault *f);
void limit_memory(const struct fault *f); /* no further page for them */
void unlimit_memory(const struct fault *f);
void proxy_fault_begin(const struct fault *f); /* words: backend, mode, value (tests/proxy) */
void proxy_fault_end(const struct fault *f);
void restart_all(const struct fault *f); /* every part, in orders of the schedule */

/* What the machine lacks for a fault, as a sentence; NULL: nothing. */
const char *injector_missing(const struct fault *f);

#endif
