/* Session tokens: every service treats an invalid token as signed out, keys are rotated without ending
 * sessions, and an ended session is refused everywhere within 5 s, even where its token was verified and
 * cached before. */
#include "common/base/clock.h"
#include "common/base/text.h"
#include "common/token/csrf.h"
#include "common/token/session.h"
#include "tests/flow/routes.h"
#include "tests/flow/suites.h"
#include "tests/flow/tokens.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

static const char *header(const char *more)
{
	return arena_printf(flow_arena, "{\"alg\":\"ES256\",\"typ\":\"JWT\",\"kid\":\"%s\"%s}", signing_kid(),
			    more);
}

static int64_t seconds_now(void)
{
	return clock_now() / SECOND;
}

/* Claims of a session. iss, aud, iat and exp are JSON values; NULL leaves the claim out. */
static const char *claims(const char *iss, const char *aud, const char *iat, const char *exp)
{
	struct buf b = BUF(flow_arena);

	buf_printf(
	    &b,
	    "{\"sub\":\"%s\",\"sid\":\"0199a1b2-c3d4-7e5f-8a9b-0c1d2e3f4a5b\",\"email\":\"forged@example."
	    "com\",\"name\":\"Forged\"",
	    token_user);
	for (int i = 0; i < 4; i++) {
		const char *member = (const char *[]){"iss", "aud", "iat", "exp"}[i],
			   *value = (const char *[]){iss, aud, iat, exp}[i];

		if (value != NULL)
			buf_printf(&b, ",\"%s\":%s", member, value);
	}
	buf_puts(&b, "}");
	return buf_text(&b);
}

static const char *at(int64_t from_now)
{
	return arena_printf(flow_arena, "%lld", (long long)(seconds_now() + from_now));
}

static const char ours[] = "\"stagedoor\"";

static const char *good_claims(void)
{
	return claims(ours, ours, at(-1), at(3600));
}

static const char *signed_with_header(const char *head)
{
	return token_es256(head, good_claims());
}

static const char *forged(int n)
{
	switch (n) {
	case 0:
		return token_unsigned("{\"alg\":\"none\",\"typ\":\"JWT\"}", good_claims());
	case 1:
		return token_unsigned(
		    arena_printf(flow_arena, "{\"alg\":\"none\",\"kid\":\"%s\"}", signing_kid()),
		    good_claims());
	case 2:
		return token_hs256(arena_printf(flow_arena,
						"{\"alg\":\"HS256\",\"typ\":\"JWT\",\"kid\":\"%s\"}",
						signing_kid()),
				   good_claims());
	case 3:
		return token_hs256(header(""), good_claims());
	case 4:
		return signed_with_header("{\"alg\":\"ES256\",\"kid\":\"ffffffff\"}");
	case 5:
		return signed_with_header("{\"alg\":\"ES256\",\"typ\":\"JWT\"}");
	case 6:
		return signed_with_header("{\"alg\":\"ES256\",\"kid\":\"../keys/x\"}");
	case 7:
		return signed_with_header(
		    arena_printf(flow_arena, "{\"alg\":\"es256\",\"kid\":\"%s\"}", signing_kid()));
	case 8:
		return signed_with_header(
		    arena_printf(flow_arena, "{\"alg\":\"ES384\",\"kid\":\"%s\"}", signing_kid()));
	case 9:
		return signed_with_header(header(",\"jku\":\"http://example.com/keys\""));
	case 10:
		return signed_with_header(header(",\"jwk\":{\"kty\":\"EC\"}"));
	case 11:
		return signed_with_header(header(",\"crit\":[\"exp\"]"));
	case 12:
		return token_es256(header(""), claims(ours, ours, at(-1), NULL));
	case 13:
		return token_es256(header(""),
				   claims(ours, ours, at(-1), arena_printf(flow_arena, "%s.5", at(3600))));
	case 14:
		return token_es256(header(""),
				   claims(ours, ours, at(-1), arena_printf(flow_arena, "\"%s\"", at(3600))));
	case 15:
		return token_es256(header(""), claims(ours, ours, at(-3600), at(-1)));
	case 16:
		return token_es256(header(""), claims(ours, ours, at(-1), at(10 * 365 * 24 * 3600)));
	case 17:
		return token_es256(header(""), claims(ours, ours, NULL, at(3600)));
	case 18:
		return token_es256(header(""), claims(ours, ours, at(300), at(3600)));
	case 19:
		return token_es256(header(""), claims("\"somebody\"", ours, at(-1), at(3600)));
	case 20:
		return token_es256(header(""), claims(ours, "\"somebody\"", at(-1), at(3600)));
	case 21:
		return token_es256(header(""), claims(NULL, ours, at(-1), at(3600)));
	case 22:
		return token_es256(header(""), claims(ours, "[\"stagedoor\"]", at(-1), at(3600)));
	case 23:
		return arena_memdup(flow_arena, signed_with_header(header("")),
				    strlen(signed_with_header(header(""))) - 5);
	case 24:
		return token_es256(header(""),
				   arena_printf(flow_arena, "%.*s,\"pad\":\"%05000d\"}",
						(int)strlen(good_claims()) - 1, good_claims(), 0));
	case 25:
		return arena_printf(flow_arena, "%s=", signed_with_header(header("")));
	case 26: /* of valid parts, but with the claims of another token */
		return token_recombined(signed_with_header(header("")), claims(ours, ours, at(-2), at(3600)));
	case 27:
		return token_es256(arena_printf(flow_arena, "%s ", header("")), "[]");
	default:
		return NULL;
	}
}
enum { FORGERIES = 28 };

static void ck_nobody(const char *token, const char *what)
{
	const int *statuses = services_with(token);

	for (int i = 0; i < TOKEN_PLACES; i++)
		ck_assert_msg(statuses[i] == token_nobody[i], "%s at %s: %d", what, token_places[i],
			      statuses[i]);
}

static void ck_somebody(const char *token)
{
	const int *statuses = services_with(token);

	for (int i = 0; i < TOKEN_PLACES; i++)
		ck_assert_msg(statuses[i] == token_somebody[i], "%s: %d", token_places[i], statuses[i]);
}

/* A complete token made with the same tools is accepted, so each of the others is refused for its one
 * fault. */
START_TEST(a_complete_token_is_accepted)
{
	ck_somebody(signed_with_header(header("")));
	ck_somebody(signed_with_header(
	    arena_printf(flow_arena, "{\"kid\":\"%s\",\"alg\":\"ES256\"}", signing_kid())));
}
END_TEST

START_TEST(a_forged_token_is_refused_everywhere)
{
	ck_nobody(forged(_i), forged(_i));
}
END_TEST

/* In two headers, in one, and beside other cookies of the same name: the valid one counts at any position,
 * among the first four. */
START_TEST(the_first_valid_session_cookie_counts)
{
	const char *good = token_of(visitor_signed_up("Good")), *bad = forged(0);
	const char *mine = arena_printf(flow_arena, "Cookie: session=%s", good);
	const struct {
		const char *headers[3];
		int status;
	} sent[] = {
	    {{mine, mine}, 200},
	    {{"Cookie: session=x", mine}, 200},
	    {{mine, "Cookie: session=x"}, 200},
	    {{arena_printf(flow_arena, "Cookie: session=%s; session=%s", bad, good)}, 200},
	    {{arena_printf(flow_arena, "Cookie: session=; lang=de; session=x; session=%s; session=%s", good,
			   bad)},
	     200},
	    {{arena_printf(flow_arena, "Cookie: session=a; session=b; session=c; session=d; session=%s",
			   good)},
	     401},
	    {{arena_printf(flow_arena, "Cookie: session=%s; session=x", bad)}, 401},
	    {{arena_printf(flow_arena, "Cookie: session=x, session=%s", good)}, 401},
	};

	for (size_t i = 0; i < sizeof sent / sizeof *sent; i++)
		ck_status(http(visitor_new(), "GET", "/api/orders", NULL, NULL, sent[i].headers),
			  sent[i].status);
}
END_TEST

/* The token was verified and cached, and still ends at its time. */
START_TEST(a_remembered_token_ends_in_time)
{
	const char *token = token_es256(header(""), claims(ours, ours, at(-1), at(3)));

	for (int i = 0; i < 10; i++)
		ck_somebody(token);
	sleep(4);
	for (int i = 0; i < 10; i++)
		ck_nobody(token, "an expired token");
}
END_TEST

enum { ENDINGS = 3 };

static bool are_over(void *tokens)
{
	for (int k = 0; k < ENDINGS; k++) {
		const int *statuses = services_with(((const char **)tokens)[k]);

		for (int i = 0; i < TOKEN_PLACES; i++)
			if (statuses[i] != token_nobody[i])
				return false;
	}
	return true;
}

/* Ended by signing out, by a new password, by signing out everywhere; every service has the tokens in its
 * cache. */
START_TEST(an_ended_session_is_refused_everywhere_in_time)
{
	struct visitor *v[ENDINGS] = {visitor_signed_up("Out"), visitor_signed_up("Changed"),
				      visitor_signed_up("Everywhere")};
	const char *tokens[ENDINGS];
	int64_t begun;

	for (int k = 0; k < ENDINGS; k++)
		tokens[k] = token_of(v[k]);
	for (int i = 0; i < 8 * ENDINGS; i++)
		ck_somebody(tokens[i % ENDINGS]);
	begun = clock_steady();
	ck_status(api(v[0], "POST", "/api/users/signout", "{}"), 200);
	ck_status(page_submit(v[1], "/account", "/account/password",
			      "password=correct+horse+battery&newPassword=an+entirely+new+one"),
		  303);
	ck_status(page_submit(v[2], "/account", "/account/devices", ""), 303);
	ck_assert_msg(wait_until(5000, are_over, tokens), "not all are over after 5 s");
	if (clock_steady() < begun + 5 * SECOND)
		usleep((useconds_t)(begun + 5 * SECOND - clock_steady()));
	for (int i = 0; i < 8 * ENDINGS; i++) /* in every process of the pools */
		ck_nobody(tokens[i % ENDINGS], "a session that has ended");
	ck_somebody(token_of(v[1])); /* the browser that changed the password goes on */
}
END_TEST

/* A user who works all the time, in a separate process: counts the answers that were not a success. */
static pid_t worker(struct visitor *v, bool signs_in, const char *end)
{
	pid_t pid = fork();
	int failures = 0;

	if (pid != 0)
		return pid;
	for (int i = 0; access(end, F_OK) != 0; i++) {
		if (signs_in)
			failures += api(v, "POST", "/api/users/signin",
					"{\"email\":\"%s\",\"password\":\"%s\"}", v->email, v->password)
					->status != 200;
		failures += api_get(v, "/api/orders")->status != 200;
		failures +=
		    api(v, "POST", "/api/tickets", "{\"title\":\"Rotation\",\"price\":5}")->status != 201;
		failures += page(v, "/account")->status != 200;
		failures += page(v, "/payments/data.json")->status != 200;
		usleep(20000);
	}
	_exit(failures > 100 ? 100 : failures);
}

static int failures_of(pid_t pid)
{
	int status;

	ck_assert_int_eq(waitpid(pid, &status, 0), pid);
	ck_assert(WIFEXITED(status));
	return WEXITSTATUS(status);
}

START_TEST(key_rotation_ends_no_session)
{
	struct visitor *old = visitor_signed_up("Old"), *again = visitor_signed_up("Again"),
		       *new = visitor_new();
	const char *old_token = token_of(old),
		   *end = arena_printf(flow_arena, "%s/rotation-end", flow_state());
	struct key_pair before = key_pair_now(),
			after = key_pair_new(arena_printf(flow_arena, "rotated-%d", (int)getpid()));
	pid_t workers[2];

	unlink(end);
	workers[0] = worker(old, false, end);
	workers[1] = worker(again, true, end);
	key_publish(&after);
	sleep(2); /* longer than any program takes to read the keys */
	key_sign_with(&after);
	sleep(2);
	new->email = old->email;
	ck_status(api(new, "POST", "/api/users/signin", "{\"email\":\"%s\",\"password\":\"%s\"}", old->email,
		      old->password),
		  200);
	ck_assert_str_eq(kid_of(token_of(new)), after.kid);
	ck_somebody(token_of(new));
	ck_somebody(old_token);
	fclose(fopen(end, "w"));
	ck_assert_int_eq(failures_of(workers[0]), 0);
	ck_assert_int_eq(failures_of(workers[1]), 0);
	key_remove(&before);
	sleep(2);
	ck_nobody(old_token, "a token of a removed key");
	ck_somebody(token_of(new));
	/* the keys of before; tokens of the restored key are valid again */
	key_publish(&before);
	key_sign_with(&before);
	key_remove(&after);
	sleep(2);
	ck_somebody(old_token);
	ck_nobody(token_of(new), "a token of a removed key");
	unlink(end);
}
END_TEST

Suite *security_tokens_suite(void)
{
	Suite *s = suite_create("security tokens");
	TCase *t = tcase_create("tokens");

	tcase_set_timeout(t, 120);
	tcase_add_checked_fixture(t, flow_begin, flow_end);
	tcase_add_test(t, a_complete_token_is_accepted);
	tcase_add_loop_test(t, a_forged_token_is_refused_everywhere, 0, FORGERIES);
	tcase_add_test(t, the_first_valid_session_cookie_counts);
	tcase_add_test(t, a_remembered_token_ends_in_time);
	tcase_add_test(t, an_ended_session_is_refused_everywhere_in_time);
	tcase_add_test(t, key_rotation_ends_no_session);
	suite_add_tcase(s, t);
	return s;
}
