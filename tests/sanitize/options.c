/*
 * Linked into every program of a sanitizer build: findings are written to files, because the supervisor
 * starts programs again, and tests/sanitize/run fails when there is one. SANITIZE_REPORTS: the prefix of
 * their paths. SANITIZE_RULES: the folder of the exceptions.
 */
#define COMMON "log_path=" SANITIZE_REPORTS ":log_exe_name=1:exitcode=99:print_summary=1"

const char *__asan_default_options(void);
const char *__lsan_default_options(void);
const char *__ubsan_default_options(void);
const char *__tsan_default_options(void);

const char *__asan_default_options(void)
{
	return COMMON ":detect_stack_use_after_return=1:strict_string_checks=1:detect_leaks=1";
}

const char *__lsan_default_options(void)
{
	return "suppressions=" SANITIZE_RULES "/leaks.supp:print_suppressions=0";
}

const char *__ubsan_default_options(void)
{
	return COMMON ":print_stacktrace=1";
}

const char *__tsan_default_options(void)
{
	return COMMON ":halt_on_error=0:second_deadlock_stack=1:suppressions=" SANITIZE_RULES
		      "/threads.supp:print_suppressions=0";
}
