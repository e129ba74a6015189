#ifndef STAGEDOOR_BASE_RANDOM_H
#define STAGEDOOR_BASE_RANDOM_H

#include <stddef.h>
#include <stdint.h>

/* len bytes of the kernel's generator (getrandom(2)), by libsodium. From any thread; also after fork. */
void random_bytes(void *out, size_t len);

/* A number from 0 to below - 1, each as likely as the others; 0 when below is 0. */
uint32_t random_below(uint32_t below);

/* Sleeps for base_ms * 2^attempt, at most max_ms, times 0.5 to 1.5: back-off with jitter. */
void random_backoff(unsigned attempt, unsigned base_ms, unsigned max_ms);

#endif
