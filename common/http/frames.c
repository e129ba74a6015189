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

enum frames frames_look(const unsigned char *bytes, size_t len)
{
	int expected = BEGIN_REQUEST, id = 0;
	size_t at = 0;

	while (len - at >= HEADER) {
		struct record_head r = head_at(bytes + at);

		if (r.version != 1 || r.type != expected || r.id == 0 || (id != 0 && r.id != id))
			return FRAMES_WRONG;
		if (r.type == BEGIN_REQUEST && r.content != HEADER)
			return FRAMES_WRONG;
		if (len - at - HEADER < r.content + r.padding)
			break;
		at += HEADER + r.content + r.padding;
		if (r.type == STDIN && r.content == 0)
			return at == len ? FRAMES_WHOLE : FRAMES_WRONG;
		expected = next_type(r.type, r.content);
		id = r.id;
	}
	if (len < FRAMES_LOOK)
		return FRAMES_PART;
	return expected == STDIN ? FRAMES_WHOLE : FRAMES_WRONG;
}
