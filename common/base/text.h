#ifndef STAGEDOOR_BASE_TEXT_H
#define STAGEDOOR_BASE_TEXT_H

#include "common/base/arena.h"
#include "common/base/err.h"
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Are the len bytes well-formed UTF-8 (RFC 3629: no surrogates, no overlong forms) without NUL? */
bool text_is_utf8(const char *s, size_t len);

/* Has s a control character (C0, DEL, C1) other than those allowed for multi-line text? One-line text allows
 * none. */
bool text_has_control(const char *s);

/* Number of code points of well-formed UTF-8. */
size_t text_length(const char *s);

/* Does s begin with the prefix? Are both the same bytes? */
bool text_starts(const char *s, const char *prefix);
bool text_same(const char *a, const char *b); /* NULL equals NULL only */

/* ASCII only; other bytes stay as they are. */
void text_lower(char *s);

/* s without leading and trailing ASCII white space and U+00A0, in the arena. */
char *text_trim(struct arena *a, const char *s);

/* Lower-case hexadecimal; out holds 2 * len + 1. */
void text_hex(const uint8_t *bytes, size_t len, char *out);

/* Exactly 2 * len hexadecimal digits, of either case, into len bytes; ERR_MALFORMED otherwise. */
err text_unhex(const char *s, uint8_t *ret_bytes, size_t len) NODISCARD;

/* The byte that two hexadecimal digits stand for, as behind the % of an address; -1 when they are something
 * else. */
int text_hex_byte(const char *digits);

/* base64 with padding (RFC 4648 section 4), in the arena. */
char *text_base64(struct arena *a, const void *bytes, size_t len);

/* base64url without padding (RFC 4648 section 5), in the arena; so is the result of unbase64url, which
 * refuses padding, white space, NUL and stray bits: ERR_MALFORMED. */
char *text_base64url(struct arena *a, const void *bytes, size_t len);
err text_unbase64url(struct arena *a, const char *s, size_t len, uint8_t **ret_bytes,
		     size_t *ret_len) NODISCARD;

/* The decimal digits of s, whole, as a number from 0 to max; ERR_MALFORMED otherwise (signs, spaces, leading
 * zeros, overflow). */
err text_number(const char *s, int64_t max, int64_t *ret_n) NODISCARD;

/* Are the len bytes of both the same? Takes the same time wherever they differ; lengths are no secret. */
bool text_same_secret(const void *a, const void *b, size_t len);

/* "ticketId" of "ticket_id"; out holds strlen(name) + 1. */
void text_camel(const char *name, char *out);

/* The whole file as bytes and NUL, at most max bytes; one trailing newline is dropped. ERR_NOT_FOUND,
 * ERR_TOO_LARGE. */
err text_read_file(struct arena *a, const char *path, size_t max, char **ret_text) NODISCARD;

#endif
