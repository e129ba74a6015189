/* the result of a fallible function must be checked */
#include "common/schema/kind.h"
err f(const char *s, money *m);
err f(const char *s, money *m)
{
#ifdef REFUSE
	money_parse(s, "USD", m);
	return OK;
#else
	return money_parse(s, "USD", m);
#endif
}
