#include "sandbox/book.h"
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <sodium.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

enum { COMPACT_ABOVE = 64 << 20, RANDOM_DIGITS = 24 };

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t changed = PTHREAD_COND_INITIALIZER;
/* Taken after `lock` where both are needed: a sync must not block the book. */
static pthread_mutex_t sync_lock = PTHREAD_MUTEX_INITIALIZER;

static char journal[4096], journal_new[4096];
static int folder = -1, fd = -1;
static atomic_llong written, kept;
static long long size, size_compact;
static atomic_bool stopping;
static json_t *book, *marked;

long long now_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_REALTIME, &t);
	return (long long)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

long long now_s(void)
{
	return now_ms() / 1000;
}

void new_id(const char *prefix, char ret_id[static ID_SIZE])
{
	static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
	size_t n = (size_t)snprintf(ret_id, ID_SIZE - RANDOM_DIGITS, "%s", prefix), end = n + RANDOM_DIGITS;

	while (n < end)
		ret_id[n++] = digits[randombytes_uniform(sizeof digits - 1)];
	ret_id[n] = '\0';
}

static void die(const char *what)
{
	fprintf(stderr, "stagedoor-bank: %s: %s\n", what, strerror(errno));
	exit(1);
}

static void write_all(int to, const char *p, size_t n)
{
	while (n > 0) {
		ssize_t w = write(to, p, n);

		if (w < 0 && errno == EINTR)
			continue;
		if (w < 0)
			die("cannot write the journal");
		p += w;
		n -= (size_t)w;
	}
}

static size_t write_line(int to, const json_t *doc)
{
	char *line = json_dumps(doc, JSON_COMPACT);
	size_t n;

	if (line == NULL)
		die("cannot serialise the book");
	n = strlen(line);
	line[n] = '\n';
	write_all(to, line, n + 1);
	free(line);
	return n + 1;
}

/* Writes the book as the first line of a new journal, which is then renamed to the old one's name. */
static void compact_journal(void)
{
	int to = open(journal_new, O_WRONLY | O_CREAT | O_TRUNC | O_APPEND | O_CLOEXEC, 0600);

	if (to < 0)
		die(journal_new);
	size = size_compact = (long long)write_line(to, book);
	if (fdatasync(to) || rename(journal_new, journal) || fsync(folder))
		die(journal);
	pthread_mutex_lock(&sync_lock);
	if (fd >= 0)
		close(fd);
	fd = to;
	atomic_store(&kept, atomic_load(&written));
	pthread_mutex_unlock(&sync_lock);
}

static json_t *kind_of(json_t *root, const char *kind)
{
	json_t *k = json_object_get(root, kind);

	if (k != NULL)
		return k;
	json_object_set_new(root, kind, json_object());
	return json_object_get(root, kind);
}

static void apply_change(json_t *change)
{
	const char *kind, *id;
	json_t *docs, *doc;

	json_object_foreach(change, kind, docs)
	{
		json_t *into = kind_of(book, kind);

		json_object_foreach(docs, id, doc)
		{
			if (json_is_null(doc))
				json_object_del(into, id);
			else
				json_object_set(into, id, doc);
		}
	}
}

/* An incomplete last line was being written when the bank was killed: no client got an answer for it. */
static bool replay_journal(FILE *f)
{
	char *line = NULL;
	size_t room = 0;
	ssize_t n;
	bool good = true;

	for (long row = 1; good && (n = getline(&line, &room, f)) > 0 && line[n - 1] == '\n'; row++) {
		json_error_t why;
		json_t *change = json_loadb(line, (size_t)n, 0, &why);

		good = json_is_object(change);
		if (good)
			apply_change(change);
		else
			fprintf(stderr, "stagedoor-bank: %s: line %ld is damaged: %s\n", journal, row,
				why.text);
		json_decref(change);
	}
	free(line);
	return good;
}

static bool take_folder(const char *dir)
{
	if (mkdir(dir, 0700) && errno != EEXIST)
		return false;
	folder = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	return folder >= 0 && flock(folder, LOCK_EX | LOCK_NB) == 0;
}

bool book_open(const char *dir)
{
	FILE *f;
	bool good;

	if (!take_folder(dir)) {
		fprintf(stderr, "stagedoor-bank: cannot use %s: %s\n", dir, strerror(errno));
		return false;
	}
	snprintf(journal, sizeof journal, "%s/book.jsonl", dir);
	snprintf(journal_new, sizeof journal_new, "%s/book.new", dir);
	book = json_object();
	marked = json_object();
	f = fopen(journal, "re");
	good = f != NULL ? replay_journal(f) : errno == ENOENT;
	if (f != NULL)
		fclose(f);
	if (good)
		compact_journal();
	return good;
}

void book_close(void)
{
	book_keep();
	close(fd);
	close(folder);
	json_decref(book);
	json_decref(marked);
}

void book_lock(void)
{
	pthread_mutex_lock(&lock);
}

void book_unlock(void)
{
	pthread_mutex_unlock(&lock);
}

json_t *book_get(const char *kind, const char *id)
{
	return json_object_get(json_object_get(book, kind), id);
}

json_t *book_all(const char *kind)
{
	return kind_of(book, kind);
}

json_t *book_whole(void)
{
	return book;
}

void book_put(const char *kind, const char *id, json_t *doc)
{
	json_object_set(kind_of(book, kind), id, doc);
	json_object_set_new(kind_of(marked, kind), id, doc);
}

void book_touch(const char *kind, json_t *doc)
{
	book_put(kind, json_string_value(json_object_get(doc, "id")), json_incref(doc));
}

void book_drop(const char *kind, const char *id)
{
	json_object_set_new(kind_of(marked, kind), id, json_null());
	json_object_del(kind_of(book, kind), id);
}

void book_commit(void)
{
	size_t n;

	if (json_object_size(marked) == 0)
		return;
	n = write_line(fd, marked);
	size += (long long)n;
	atomic_fetch_add(&written, (long long)n);
	json_object_clear(marked);
	if (size > COMPACT_ABOVE + 2 * size_compact)
		compact_journal();
	pthread_cond_broadcast(&changed);
}

void book_keep(void)
{
	long long wanted = atomic_load(&written);

	if (atomic_load(&kept) >= wanted)
		return;
	pthread_mutex_lock(&sync_lock);
	if (atomic_load(&kept) < wanted) {
		long long reached = atomic_load(&written);

		if (fdatasync(fd))
			die("cannot sync the journal");
		atomic_store(&kept, reached);
	}
	pthread_mutex_unlock(&sync_lock);
}

void book_reset(void)
{
	json_object_clear(book);
	json_object_clear(marked);
	compact_journal();
	pthread_cond_broadcast(&changed);
}

/* Sleeps in short steps, so that a moved clock delays the wait by at most one step. */
bool book_wait(long long until_ms)
{
	long long nap = now_ms() + 200;
	struct timespec t;

	if (nap > until_ms)
		nap = until_ms;
	t = (struct timespec){.tv_sec = nap / 1000, .tv_nsec = nap % 1000 * 1000000};
	if (!book_stopping())
		pthread_cond_timedwait(&changed, &lock, &t);
	return !book_stopping();
}

bool book_sleep(long long until_ms)
{
	while (!book_stopping() && now_ms() < until_ms)
		book_wait(until_ms);
	return !book_stopping();
}

void book_stop(void)
{
	book_lock();
	atomic_store(&stopping, true);
	pthread_cond_broadcast(&changed);
	book_unlock();
}

bool book_stopping(void)
{
	return atomic_load(&stopping);
}
