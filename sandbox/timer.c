#include "sandbox/timer.h"
#include "sandbox/book.h"

void timer_set(const char *id, long long at_ms)
{
	book_put("timers", id, json_pack("{s:s, s:I}", "id", id, "at", (json_int_t)at_ms));
}

void timer_clear(const char *id)
{
	book_drop("timers", id);
}
