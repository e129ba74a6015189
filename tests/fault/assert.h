#ifndef STAGEDOOR_TESTS_FAULT_ASSERT_H
#define STAGEDOOR_TESTS_FAULT_ASSERT_H

#include <setjmp.h>

/* Where a failed step of this process goes: setjmp(assert_end) first. */
extern jmp_buf assert_end;
void assert_here(void);

#endif
