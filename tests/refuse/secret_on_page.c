/* a password hash cannot be put on a page */
#include "common/html/html.h"
void f(struct html *h, password_hash p, title t);
void f(struct html *h, password_hash p, title t)
{
#ifdef REFUSE
	html_put(h, p);
#else
	(void)p;
	html_put(h, t);
#endif
}
