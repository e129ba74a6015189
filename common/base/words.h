#ifndef STAGEDOOR_BASE_WORDS_H
#define STAGEDOOR_BASE_WORDS_H

enum language {
#define LANGUAGE(name, tag) LANGUAGE_##name,
#include "common/base/languages.def"
#undef LANGUAGE
	LANGUAGES
};

/* A text of ours in every language. */
struct words {
	const char *in[LANGUAGES];
};

/* W("yes", "ja"): the initializer of a struct words, as an argument of a list's row. */
#define W(...)                                                                                               \
	{                                                                                                    \
		{                                                                                            \
			__VA_ARGS__                                                                          \
		}                                                                                            \
	}

#endif
