#ifndef STAGEDOOR_TESTS_PROXY_PROXY_H
#define STAGEDOOR_TESTS_PROXY_PROXY_H

#include <stdatomic.h>
#include <stdint.h>

/*
 * The fault proxy between the programs and their backends: the database, the broker and the bank. It forwards
 * bytes in both directions and injects network faults. The test controls it through a file that both map:
 * struct proxies.
 */
enum proxy_mode {
	PROXY_PASS,
	PROXY_LATENCY,    /* each chunk is delayed by `value` ms */
	PROXY_SLICER,     /* chunks of at most `value` bytes */
	PROXY_RESET_PEER, /* each connection is reset after 1 to `value` bytes */
	PROXY_BLACKHOLE,  /* half open: nothing is forwarded; open connections are reset when the mode ends */
};

enum proxy_backend { PROXY_DATABASE, PROXY_BROKER, PROXY_BANK, PROXIES };

struct proxies {
	struct proxy {
		_Atomic int32_t mode, value;
		_Atomic uint32_t seed;    /* of the bytes until each reset */
		_Atomic int64_t affected; /* how many chunks or connections a fault has met */
	} list[PROXIES];
};

#endif
