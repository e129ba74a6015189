#ifndef STAGEDOOR_TESTS_FLOW_SUITES_H
#define STAGEDOOR_TESTS_FLOW_SUITES_H

#include <check.h>

Suite *sale_suite(void);      /* the whole sale, by API and by pages */
Suite *auth_suite(void);      /* accounts and sessions */
Suite *account_suite(void);   /* name and settings; the pages of an account */
Suite *defects_suite(void);   /* the 13 defects of earlier implementations, by number */
Suite *orders_suite(void);    /* orders in detail: refusals, slots, hints, early payments, pages */
Suite *find_suite(void);      /* finding: search, filters, orders, counts, what an empty result suggests */
Suite *share_suite(void);     /* what programs are told: search engines, feeds, previews */
Suite *edits_suite(void);     /* editing: conflicts that are shown, what stays as it is */
Suite *selling_suite(void);   /* what a seller sees and can do; sellers who are gone */
Suite *tickets_suite(void);   /* listings in detail: lists, counters, the lock under every order of events */
Suite *locks_suite(void);     /* the lock of a listing, in any order of events */
Suite *payments_suite(void);  /* a bank that is slow, failing, forged or late */
Suite *capture_suite(void);   /* cards are authorised first; the money is taken when the order is secured */
Suite *paid_suite(void);      /* many payments while parts are away: what was said is kept */
Suite *buying_suite(void);    /* what the pages of an order say at every station */
Suite *paying_suite(void);    /* what the page of a payment says at every station */
Suite *refused_suite(void);   /* orders that were not placed, and the list of orders */
Suite *files_suite(void);     /* calendar entries, copies of one's data */
Suite *races_suite(void);     /* many buyers, sellers and events at once */
Suite *outages_suite(void);   /* parts that are away, and come back */
Suite *settings_suite(void);  /* settings of the stack that are wrong */
Suite *policies_suite(void);  /* what changes at the broker while it runs */
Suite *together_suite(void);  /* events that are applied in one transaction */
Suite *input_suite(void);     /* bad input of every sort, at every route */
Suite *limits_suite(void);    /* floods, on a stack with LIMITS=on */
Suite *rights_suite(void);    /* what each account must not be able to do */
Suite *pages_suite(void);     /* every form, and valid HTML */
Suite *devices_suite(void);   /* passwords, sessions, signing out everywhere */
Suite *leaving_suite(void);   /* deletion, data to take along */
Suite *reference_suite(void); /* an order by the reference that its buyer was told */
Suite *audit_suite(void);     /* stagedoor audit finds what is put wrong */
Suite *rebuild_suite(void);   /* the broker from nothing */
Suite *dead_suite(void);      /* dead letters: what is kept of them, and what stagedoor dead does */
Suite *later_suite(void);     /* statuses that only a later version knows */
Suite *kept_suite(void);      /* how long things are kept */

Suite *integrators_suite(void);        /* the accounts of outsiders at the broker */
Suite *no_budget_suite(void);          /* lapsed holds cost nothing with LIMITS=off */
Suite *budget_suite(void);             /* they do, on a stack with LIMITS=on */
Suite *account_limits_suite(void);     /* the same, on a stack with LIMITS=on */
Suite *security_tokens_suite(void);    /* forged tokens, keys that change, sessions that end */
Suite *security_routes_suite(void);    /* every route by nobody and by somebody else */
Suite *security_forgery_suite(void);   /* what other sites make a browser send */
Suite *security_headers_suite(void);   /* headers and cookies of every sort of answer, with and without TLS */
Suite *security_wire_suite(void);      /* requests that no browser sends */
Suite *security_injection_suite(void); /* every parameter as a way in */
Suite *bank_waits_suite(void);         /* how long the bank is waited for */
Suite *security_bank_suite(void);      /* forged and repeated events of the bank */
Suite *security_machine_suite(void);   /* files, sockets, accounts, logs; last */
Suite *security_signin_suite(void);    /* what signing in tells of who has an account */
Suite *security_limits_suite(void);    /* guessing is slowed down, its victim is not; with LIMITS=on */

#endif
