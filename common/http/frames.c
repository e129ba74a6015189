/*
 * Peeks at bytes that have arrived and are not read yet: is a whole request among them, as records of FastCGI
 * 1.0 (BEGIN_REQUEST, PARAMS …, an empty PARAMS, STDIN …, an empty STDIN)?
 *
 * libfcgi blocks until a request is whole, believes every length, and ends the process when there is no
 * memory for it. So it gets only requests that were checked here. A request longer than FRAMES_PEEK counts
 * as whole when all its params are there; its body is then read blocking, against the time-out of the socket.
 *
 * What must hold: FRAMES_WHOLE only for one request, of one id, with records in that order and lengths that
 * fit; FRAMES_PART only for the beginning of such a one. No state is kept between two peeks, since the
 * bytes stay in the socket.
 */
#include "common/http/worker.h"

enum { HEADER = 8, BEGIN_REQUEST = 1, PARAMS = 4, STDIN = 5 };

struct record_head {
	int version, type, id;
	size_t content, padding;
};

static struct record_head head_at(const unsigned char *b)
{
	return (struct record_head){b[0], b[1], b[2] << 8 | b[3], (size_t)(b[4] << 8 | b[5]), b[6]};
}

/* What may come after a record of type `last`; an empty one ends its stream. */
static int next_type(int last, size_t content)
{
	if (last == BEGIN_REQUEST)
		return PARAMS;
	return content > 0 ? last : STDIN;
}

/* How far the name-value pairs have been read: a length, or what it says follows. */
struct lengths {
	unsigned known;      /* of the pair that is being read: 0, 1 (the name's) or 2 */
	size_t value, bytes; /* a length as far as it has come, and how many of its bytes are missing */
	size_t left;         /* of name and value, once both lengths are known */
};

/* A length is one byte, or four of which the first has its highest bit set. */
static void length_byte(struct lengths *l, unsigned char b)
{
	if (l->bytes == 0 && (b & 0x80) != 0) {
		l->value = b & 0x7f;
		l->bytes = 3;
		return;
	}
	l->value = l->bytes == 0 ? b : l->value << 8 | b;
	l->bytes -= l->bytes > 0;
	if (l->bytes > 0)
		return;
	l->left += l->value;
	l->known++;
}

/*
 * libfcgi believes the lengths: it adds them as ints, allocates that much memory, and ends the process when
 * there is none. So no length may exceed the size of a request.
 */
static bool lengths_fit(struct lengths *l, const unsigned char *content, size_t len)
{
	while (len > 0) {
		size_t step = 1;

		if (l->known < 2)
			length_byte(l, *content);
		else
			l->left -= step = l->left < len ? l->left : len;
		if (l->left > FRAMES_PEEK)
			return false;
		if (l->known == 2 && l->left == 0)
			l->known = 0;
		content += step;
		len -= step;
	}
	return true;
}

static bool are_at_end(const struct lengths *l)
{
	return l->known == 0 && l->bytes == 0 && l->left == 0;
}

/* libfcgi skips padding behind bytes of a stream alone; elsewhere it reads it as the next record. */
static bool is_skipped(const struct record_head *r)
{
	return r->type != BEGIN_REQUEST && r->content > 0;
}

enum frames frames_peek(const unsigned char *bytes, size_t len)
{
	struct lengths lengths = {0};
	int expected = BEGIN_REQUEST, id = 0;
	size_t at = 0;

	while (len - at >= HEADER) {
		struct record_head r = head_at(bytes + at);

		if (r.version != 1 || r.type != expected || r.id == 0 || (id != 0 && r.id != id))
			return FRAMES_WRONG;
		if (r.type == BEGIN_REQUEST && r.content != HEADER)
			return FRAMES_WRONG;
		if (r.padding > 0 && !is_skipped(&r))
			return FRAMES_WRONG;
		if (len - at - HEADER < r.content + r.padding)
			break;
		if (r.type == PARAMS && !lengths_fit(&lengths, bytes + at + HEADER, r.content))
			return FRAMES_WRONG;
		if (r.type == PARAMS && r.content == 0 && !are_at_end(&lengths))
			return FRAMES_WRONG;
		at += HEADER + r.content + r.padding;
		if (r.type == STDIN && r.content == 0)
			return at == len ? FRAMES_WHOLE : FRAMES_WRONG;
		expected = next_type(r.type, r.content);
		id = r.id;
	}
	if (len < FRAMES_PEEK)
		return FRAMES_PART;
	return expected == STDIN ? FRAMES_WHOLE : FRAMES_WRONG;
}
