#include "apps/stagedoor/complain.h"
#include <stdarg.h>
#include <stdio.h>

int complain(const char *format, ...)
{
	va_list ap;

	fputs("stagedoor: ", stderr);
	va_start(ap, format);
	vfprintf(stderr, format, ap);
	va_end(ap);
	fputc('\n', stderr);
	return 1;
}
