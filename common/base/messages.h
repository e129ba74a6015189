#ifndef STAGEDOOR_BASE_MESSAGES_H
#define STAGEDOOR_BASE_MESSAGES_H

enum language {
#define LANGUAGE(name, tag) LANGUAGE_##name,
#include "common/base/languages.def"
#undef LANGUAGE
	LANGUAGES
};

/*
 * A text in every language. common/base/translations.c, which is run before anything is compiled, proves that
 * none is missing.
 */
struct message {
	const char *in[LANGUAGES];
};

/*
 * TEXTS("yes", "ja"): the initializer of a struct message, as an argument of a list's row; in lists alone,
 * since only those are looked at.
 */
#define TEXTS(...)                                                                                           \
	{                                                                                                    \
		{                                                                                            \
			__VA_ARGS__                                                                          \
		}                                                                                            \
	}

#endif
