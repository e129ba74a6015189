#include "common/base/text.h"
#include "common/schema/kind.h"
#include <string.h>

static const struct currency_row {
	const char *code;
	int digits;
} currencies[] = {
#define CURRENCY(code, digits) {code, digits},
#include "common/schema/currencies.def"
#undef CURRENCY
};

static const struct currency_row *currency_find(const char *code)
{
	for (size_t i = 0; code != NULL && i < sizeof currencies / sizeof *currencies; i++)
		if (strcmp(currencies[i].code, code) == 0)
			return &currencies[i];
	return NULL;
}

int currency_digits(const char *code)
{
	const struct currency_row *c = currency_find(code);

	return c == NULL ? -1 : c->digits;
}

static int64_t power_of_ten(int n)
{
	int64_t p = 1;

	while (n-- > 0)
		p *= 10;
	return p;
}

static int digits_of(const char *code)
{
	int digits = currency_digits(code);

	return digits < 0 ? 2 : digits;
}

const char *money_decimal(struct arena *a, money m, const char *code)
{
	int digits = digits_of(code);
	int64_t unit = power_of_ten(digits);

	if (digits == 0)
		return arena_printf(a, "%lld", (long long)m.v);
	return arena_printf(a, "%lld.%0*lld", (long long)(m.v / unit), digits, (long long)(m.v % unit));
}

err money_parse(const char *text, const char *code, money *ret_money)
{
	int digits = digits_of(code), after = 0;
	bool point = false;
	int64_t v = 0;

	if (*text < '0' || *text > '9')
		return ERR_INVALID;
	for (; *text != '\0'; text++) {
		if (*text == '.' && !point && digits > 0 && text[1] != '\0') {
			point = true;
			continue;
		}
		if (*text < '0' || *text > '9' || v > kind_money.max / 10)
			return ERR_INVALID;
		v = v * 10 + (*text - '0');
		after += point;
	}
	if (after > digits)
		return ERR_INVALID;
	for (; after < digits && v <= kind_money.max; after++)
		v *= 10;
	if (v > kind_money.max)
		return ERR_INVALID;
	*ret_money = (money){v};
	return OK;
}
