#ifndef STAGEDOOR_TESTS_LOAD_RETRYING_BUYERS_H
#define STAGEDOOR_TESTS_LOAD_RETRYING_BUYERS_H

/* Buyers during an overload, each a separate process: they repeat a refused request after its Retry-After. */

/* Signs the buyers up; each holds a ticket. */
void retrying_buyers_prepare(void);

/* Runs the buyers for this many seconds: each pays its held order, then repeats sign-in and sale. */
void retrying_buyers_start(int seconds);

/* Waits for the buyers and checks that everything they began was completed. */
void ck_retrying_buyers(void);

#endif
