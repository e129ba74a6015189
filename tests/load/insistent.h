#ifndef STAGEDOOR_TESTS_LOAD_INSISTENT_H
#define STAGEDOOR_TESTS_LOAD_INSISTENT_H

/* Some who buy while the site has no room, each a process of its own: they come again as they are told. */

/* Signs them up, and each holds a ticket. */
void insistent_prepare(void);

/* For so many seconds from now: they pay what they hold, then sign in and buy, again and again. */
void insistent_start(int seconds);

/* All that they began was done, however much else there was; waits for them. */
void ck_insistent(void);

#endif
