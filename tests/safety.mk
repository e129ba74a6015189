# Checks for errors of memory and threads, and for dependencies. They have separate builds by clang: build/asan,
# build/tsan.
.PHONY: hardened fuzz fuzz-corpus fuzz-programs sanitize sanitize-quick threads valgrind leak leak-quick analyze sbom

##@ Safety
## hardened        every program's hardening, by readelf
hardened: all bank
	tests/hardened $(BUILD) $(CC) $(CFLAGS)

ASAN     := BUILD=build/asan SANITIZE=address,undefined,fuzzer-no-link CC=clang OPT='-O1 -g'
TSAN     := BUILD=build/tsan SANITIZE=thread CC=clang OPT='-O1 -g'
BUILD_ALL = $(MAKE) --no-print-directory --silent -j$$(nproc)

FUZZ_TARGETS := $(filter-out fuzz,$(patsubst tests/fuzz/%.c,%,$(wildcard tests/fuzz/*.c)))
FUZZ_SECONDS ?= 60
# the objects of an app that a target needs
FUZZ_webhook  := apps/payments/signature.c apps/payments/objects.c apps/payments/reasons.c
FUZZ_cursor   := apps/tickets/cursor.c apps/tickets/day.c
FUZZ_calendar := apps/orders/calendar.c
FUZZ_search   := apps/tickets/search.c

define fuzz_target
$(BUILD)/bin/fuzz-$(1): $(call objects,tests/fuzz/fuzz.c tests/fuzz/$(1).c $(FUZZ_$(1))) $(LIB)
	@mkdir -p $$(@D)
	$$(call say,LD,$$@)
	$$(Q)$$(CC) $$(filter-out $$(FINDINGS),$$(LDFLAGS)) -fsanitize=fuzzer -no-pie $$^ $$(LDLIBS) -o $$@
endef
$(foreach t,$(FUZZ_TARGETS),$(eval $(call fuzz_target,$(t))))
fuzz-programs: $(FUZZ_TARGETS:%=$(BUILD)/bin/fuzz-%)

##inner fuzz-programs
## fuzz-corpus     the fuzzers over their committed seeds
fuzz-corpus:
	@$(BUILD_ALL) $(ASAN) fuzz-programs
	tests/fuzz/run build/asan 0 $(FUZZ_TARGETS)

## fuzz            the fuzzers, FUZZ_SECONDS= each
fuzz:
	@$(BUILD_ALL) $(ASAN) fuzz-programs
	tests/fuzz/run build/asan $(FUZZ_SECONDS) $(FUZZ_TARGETS)

## sanitize-quick  unit and pool under address and undefined-behaviour sanitizers
sanitize-quick:
	@$(BUILD_ALL) $(ASAN) $(addprefix build/asan/bin/,test-unit test-echo test-pool)
	tests/sanitize/run build/asan tests/with-database asan-unit build/asan/bin/test-unit
	tests/sanitize/run build/asan tests/with-database asan-pool build/asan/bin/test-pool

## sanitize        flow and browser too
sanitize:
	@$(MAKE) --no-print-directory sanitize-quick
	@$(BUILD_ALL) $(ASAN) all bank build/asan/bin/test-flow
	BIN=build/asan/bin tests/sanitize/run build/asan tests/with-stack asan $(TEST_PORT) $(FLOW_HOLD) tests/flow/run build/asan
	LIMITS=on BIN=build/asan/bin tests/sanitize/run build/asan tests/with-stack asan $(TEST_PORT) $(FLOW_HOLD) tests/flow/run build/asan
	DEMO=1 BIN=build/asan/bin tests/sanitize/run build/asan tests/with-stack browser $(TEST_PORT) 900 tests/browser/run

## threads         unit, pool, flow and a load under the thread sanitizer
threads:
	@$(BUILD_ALL) $(TSAN) all bank $(addprefix build/tsan/bin/,test-unit test-echo test-pool test-flow)
	tests/sanitize/run build/tsan tests/with-database tsan-unit build/tsan/bin/test-unit
	tests/sanitize/run build/tsan tests/with-database tsan-pool build/tsan/bin/test-pool
	BIN=build/tsan/bin tests/sanitize/run build/tsan tests/with-stack tsan $(TEST_PORT) $(FLOW_HOLD) tests/flow/run build/tsan
	LIMITS=on BIN=build/tsan/bin tests/sanitize/run build/tsan tests/with-stack tsan $(TEST_PORT) $(FLOW_HOLD) tests/flow/run build/tsan
	BIN=build/tsan/bin POOL_PROCESSES=1 tests/sanitize/run build/tsan tests/with-stack tsan $(TEST_PORT) 900 tests/load/leak 3000 1000000

## valgrind        sales, accounts, listings and payments under memcheck
valgrind: all bank $(BUILD)/bin/test-flow
	tests/sanitize/valgrind $(BUILD) $(TEST_PORT)

# One process in each pool, so that a leak shows in one process. A leak of 40 bytes for each request is visible in
# both runs.
LEAK_REQUESTS ?= 100000
## leak            100,000 requests of every kind: memory and handles do not grow; LEAK_REQUESTS=
leak: all bank
	POOL_PROCESSES=1 tests/with-stack leak $(TEST_PORT) 900 tests/load/leak $(LEAK_REQUESTS) 1024

## leak-quick      20,000 of them
leak-quick: all bank
	POOL_PROCESSES=1 tests/with-stack leak $(TEST_PORT) 900 tests/load/leak 20000 768

## analyze         gcc -fanalyzer, clang-tidy, cppcheck; minutes
analyze: all
	tests/analyze/run $(BUILD)/analyze $(CFLAGS)

## sbom            the dependencies of the programs, as CycloneDX
sbom: all bank
	deploy/sbom $(PROGRAMS) $(BUILD)/bin/stagedoor-bank > $(BUILD)/sbom.json.new
	tests/sbom $(BUILD)/sbom.json.new $(PROGRAMS) $(BUILD)/bin/stagedoor-bank
	mv $(BUILD)/sbom.json.new $(BUILD)/sbom.json
