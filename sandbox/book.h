#ifndef STAGEDOOR_SANDBOX_BOOK_H
#define STAGEDOOR_SANDBOX_BOOK_H

#include <jansson.h>
#include <stdbool.h>

/*
 * The bank's book: documents by kind and id. It survives kill -9.
 *
 * Kinds are "intents", "charges", "refunds", "sessions", "methods", "keys", "events" (permanent) and
 * "outbox", "timers", "faults", "sandbox" (pending work). A member whose name starts with '_' is internal
 * and is not shown to API clients. Every function except book_open, book_keep and the clock needs the lock.
 *
 * Changes: change a document in place, call book_put, and at the end of the unit of work book_commit, which
 * writes all of them as one journal line. Check first and change afterwards: there is no rollback.
 */

enum { ID_SIZE = 40 };

/* Opens or creates the book in directory `dir` and locks it for this process. False, with a sentence on
 * stderr, when it cannot be read, is damaged before its last line, or is in use. */
bool book_open(const char *dir);

/* Writes what is left and closes the book, which may not be used afterwards. */
void book_close(void);

/* Takes and releases the lock that the others need. */
void book_lock(void);
void book_unlock(void);

/* The document, borrowed; NULL when there is none. */
json_t *book_get(const char *kind, const char *id);

/* All documents of a kind as an object by id, oldest first; borrowed, never NULL. */
json_t *book_all(const char *kind);

/* The whole book as an object of kinds; borrowed. */
json_t *book_whole(void);

/* Marks a document as changed, or adds it; takes over one reference of `doc`, which may be the stored
 * document if the caller has added a reference. */
void book_put(const char *kind, const char *id, json_t *doc);

/* Marks a document that was changed in place; its "id" member names it. */
void book_touch(const char *kind, json_t *doc);

/* Removes the document at once; the next commit writes that to the journal. */
void book_drop(const char *kind, const char *id);

/* Appends the marked changes to the journal as one line and wakes every waiter. If the journal cannot be
 * written, the process ends, so that no client gets an answer for a change that is not stored. */
void book_commit(void);

/* Returns when every commit so far is on the disk. With or without the lock; callers share one fdatasync. */
void book_keep(void);

/* Empties the book, on disk too. */
void book_reset(void);

/* Waits, with the lock released, until a commit, `until_ms`, or the stop. False when the bank is stopping. */
bool book_wait(long long until_ms);

/* Waits until `until_ms`, regardless of commits. */
bool book_sleep(long long until_ms);

/* Makes every wait return false from now on. */
void book_stop(void);
bool book_stopping(void);

/* Milliseconds and seconds since 1970, UTC. */
long long now_ms(void);
long long now_s(void);

/* A new id: `prefix` and 24 random letters and digits, in Stripe's format. */
void new_id(const char *prefix, char ret_id[static ID_SIZE]);

#endif
