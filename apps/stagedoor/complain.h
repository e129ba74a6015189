#ifndef STAGEDOOR_COMMAND_COMPLAIN_H
#define STAGEDOOR_COMMAND_COMPLAIN_H

/*
 * Writes "stagedoor: …" and a newline to standard error. Returns 1, the exit status of a command that failed.
 */
int complain(const char *format, ...) __attribute__((format(printf, 1, 2)));

#endif
