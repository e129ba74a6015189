# The bank sandbox, build/bin/stagedoor-bank. Included by the Makefile, or alone: make -f tests/bank/bank.mk

BUILD  ?= build
ifeq ($(origin CC),default)
CC     := gcc
endif
CFLAGS ?= -std=c11 -D_GNU_SOURCE -O2 -g -Wall -Wextra -Wconversion -Wshadow

bank_packages := libmicrohttpd jansson libcurl libcrypto libsodium
bank_objects  := $(patsubst tests/bank/%.c,$(BUILD)/tests/bank/%.o,$(wildcard tests/bank/*.c))

.PHONY: bank
##@ Sandbox
## bank            builds the sandbox bank
bank: $(BUILD)/bin/stagedoor-bank

$(BUILD)/bin/stagedoor-bank: $(bank_objects)
	@mkdir -p $(@D)
	$(call say,LD,$@)
	$(Q)$(CC) $(CFLAGS) $(LDFLAGS) -pthread -o $@ $^ $(shell pkg-config --libs $(bank_packages))

$(BUILD)/tests/bank/%.o: tests/bank/%.c $(FLAGS)
	@mkdir -p $(@D)
	$(call say,CC,$<)
	$(Q)$(CC) $(CFLAGS) -pthread -Itests/bank $(shell pkg-config --cflags $(bank_packages)) -MMD -MP -c -o $@ $<

-include $(bank_objects:.o=.d)
