#ifndef STAGEDOOR_TESTS_FLOW_SUITES_H
#define STAGEDOOR_TESTS_FLOW_SUITES_H

#include <check.h>

Suite *sale_suite(void);      /* the whole sale, by API and by pages */
Suite *auth_suite(void);      /* accounts and sessions */
Suite *account_suite(void);   /* name and settings; the pages of an account */
Suite *defects_suite(void);   /* the 13 defects of earlier implementations, by number */
Suite *orders_suite(void);    /* orders in detail: refusals, slots, hints, early payments, pages */
Suite *find_suite(void);      /* finding: search, filters, orders, counts, suggestions for an empty result */
Suite *share_suite(void);     /* output for programs: search engines, feeds, link previews */
Suite *edits_suite(void);     /* editing: conflicts are shown, unchanged fields stay */
Suite *selling_suite(void);   /* what a seller sees and can do; sellers who were deleted */
Suite *tickets_suite(void);   /* listings in detail: lists, counters, permissions and dates */
Suite *locks_suite(void);     /* the lock of a listing, in any order of events */
Suite *proposals_suite(void); /* what sellers propose, and orders decides */
Suite *payments_suite(void);  /* a bank that is slow, failing, forged or late */
Suite *capture_suite(void);   /* cards are authorised first; the money is taken when the order is secured */
Suite *secured_suite(void);   /* what can no longer be done with an order that is secured or returned */
Suite *bank_events_suite(void); /* what the bank tells by webhooks, in any order */
Suite *paid_suite(void);        /* many payments while parts are away: what was said is kept */
Suite *buying_suite(void);      /* what the pages of an order say in every state */
Suite *paying_suite(void);      /* what the page of a payment says in every state */
Suite *refused_suite(void);     /* orders that were not placed, and the list of orders */
Suite *files_suite(void);       /* calendar entries, copies of a user's data */
Suite *races_suite(void);       /* many buyers, sellers and events at once */
Suite *outages_suite(void);     /* parts that are down, and start again */
Suite *settings_suite(void);    /* wrong settings of the stack */
Suite *policies_suite(void);    /* what changes at the broker while it runs */
Suite *together_suite(void);    /* events that are applied in one transaction */
Suite *input_suite(void);       /* bad input of every kind, on every route */
Suite *limits_suite(void);      /* floods, on a stack with LIMITS=on */
Suite *rights_suite(void);      /* the limits of each account's rights */
Suite *pages_suite(void);       /* every form, and valid HTML */
Suite *devices_suite(void);     /* passwords, sessions, signing out everywhere */
Suite *leaving_suite(void);     /* deletion, and the download of a user's data */
Suite *reference_suite(void);   /* finding an order by its reference */
Suite *audit_suite(void);       /* stagedoor audit finds inconsistencies */
Suite *rebuild_suite(void);     /* rebuilding the broker */
Suite *dead_suite(void);        /* dead letters: what is kept of them, and the command stagedoor dead */
Suite *later_suite(void);       /* statuses that only a later version knows */
Suite *kept_suite(void);        /* retention */

Suite *integrators_suite(void);        /* the accounts of integrators at the broker */
Suite *no_budget_suite(void);          /* expired holds have no consequences with LIMITS=off */
Suite *budget_suite(void);             /* they have consequences on a stack with LIMITS=on */
Suite *account_limits_suite(void);     /* the same, on a stack with LIMITS=on */
Suite *security_tokens_suite(void);    /* forged tokens, key rotation, sessions that end */
Suite *security_routes_suite(void);    /* every route, signed out and as another user */
Suite *security_forgery_suite(void);   /* cross-site requests */
Suite *security_headers_suite(void);   /* headers and cookies of every kind of answer, with and without TLS */
Suite *security_wire_suite(void);      /* requests that no browser sends */
Suite *security_injection_suite(void); /* injection through every parameter */
Suite *bank_waits_suite(void);         /* timeouts for the bank */
Suite *security_bank_suite(void);      /* forged and repeated events of the bank */
Suite *security_machine_suite(void);   /* files, sockets, accounts, logs; last */
Suite *security_signin_suite(void);    /* signing in does not reveal who has an account */
Suite *security_limits_suite(void);    /* guessing is slowed down, but not for the owner; with LIMITS=on */

#endif
