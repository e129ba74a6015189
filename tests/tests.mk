# The tests. `make test` runs all of them; each target below runs alone. The tests do not use services of the machine:
# databases, brokers and sites are private ones below build/test, on separate ports.
.PHONY: test coverage clangd full dead-full next upgrade corpus unit refuse pool flow readme integrating browser pictures fault fault-short fault-parts fault-proxy fault-build model lint debian-13 bench soak soak-short

TEST_PACKAGES := check libmariadb libcurl jansson
TEST_CFLAGS   := $(filter-out -fPIE,$(CFLAGS)) $(shell pkg-config --cflags $(TEST_PACKAGES) 2>/dev/null)
TEST_LDLIBS    = $(LDLIBS) $(shell pkg-config --libs $(TEST_PACKAGES) 2>/dev/null)
TEST_PROGRAMS := $(addprefix $(BUILD)/bin/,test-unit test-echo test-pool test-flow soak)
FLOW_HOLD     ?= 8
# the answers of the API during the flow tests, for tests/contract
ANSWERS       := $(addprefix $(CURDIR)/build/test/,flow.answers limits.answers)
# a separate base port, so that a running site and the tests do not conflict
TEST_PORT     ?= 18100
PICTURES      := $(addsuffix .png,browse ticket selling order dark german)

##@ Tests
## test            all that `make full` does not add; every other goal below is a part that runs alone
test:
	@$(MAKE) --no-print-directory --silent -j$$(nproc) all bank $(TEST_PROGRAMS)
	@$(MAKE) --no-print-directory lint contract model refuse hardened unit pool flow readme integrating next upgrade soak-short fault-short browser sbom fuzz-corpus sanitize-quick leak-quick
	@echo "all tests passed"

$(BUILD)/obj/tests/%.o: tests/%.c $(FLAGS) | $(TRANSLATED) $(BUILD)/gen/common/html/pages.h
	@mkdir -p $(@D)
	$(call say,CC,$<)
	$(Q)$(CC) $(TEST_CFLAGS) -MMD -MP -c $< -o $@

# every list of messages, for the test that checks all of them
MESSAGE_LISTS := $(sort $(wildcard apps/*/messages.def common/*/messages.def apps/*/pages/*.def common/*/pages/*.def))
$(BUILD)/gen/tests/all_messages.h: $(MESSAGE_LISTS)
	@mkdir -p $(@D)
	@printf '#include "%s"\n' $(MESSAGE_LISTS) > $@
$(BUILD)/obj/tests/unit/test_messages.o: $(BUILD)/gen/tests/all_messages.h

# the parser of the operator command's options is linked in
$(BUILD)/bin/test-unit: $(call objects,$(wildcard tests/unit/*.c) apps/stagedoor/options.c) $(LIB)
	@mkdir -p $(@D)
	$(call say,LD,$@)
	$(Q)$(CC) $(LDFLAGS) -no-pie $^ $(TEST_LDLIBS) -o $@

# the payments service's HTTP client is linked in: the stack's own bank has no TLS
$(BUILD)/bin/test-flow: $(call objects,$(wildcard tests/flow/*.c) apps/payments/http_client.c) $(LIB)
	@mkdir -p $(@D)
	$(call say,LD,$@)
	$(Q)$(CC) $(LDFLAGS) -no-pie $^ $(TEST_LDLIBS) -o $@

## unit            vocabulary, events, tokens, templates; the database layer and the lists on a private MariaDB
unit: $(BUILD)/bin/test-unit $(PROGRAMS)
	tests/with-database unit $(BUILD)/bin/test-unit
	tests/with-database lists tests/unit/lists $(BUILD)

$(BUILD)/bin/test-echo: $(BUILD)/obj/tests/app/echo.o $(LIB)
	@mkdir -p $(@D)
	$(call say,LD,$@)
	$(Q)$(CC) $(LDFLAGS) -no-pie $^ $(TEST_LDLIBS) -o $@

$(BUILD)/bin/test-pool: $(filter-out %/echo.o,$(call objects,$(wildcard tests/app/*.c))) $(LIB)
	@mkdir -p $(@D)
	$(call say,LD,$@)
	$(Q)$(CC) $(LDFLAGS) -no-pie $^ $(TEST_LDLIBS) -o $@

## pool            the FastCGI pool as a process, driven record by record
pool: $(BUILD)/bin/test-pool $(BUILD)/bin/test-echo
	tests/with-database pool $(BUILD)/bin/test-pool

## refuse          mistakes that must not compile
refuse: $(COMPILER) $(TRANSLATIONS) $(BUILD)/gen/common/html/pages.h
	tests/refuse/run $(CC) $(CFLAGS) -Werror

## flow            the whole stack from outside; FLOW_HOLD= is the hold in seconds, TEST_PORT= the first port
flow: all bank $(BUILD)/bin/test-flow
	@mkdir -p build/test
	@rm -f $(ANSWERS)
	FLOW_RECORD=$(CURDIR)/build/test/flow.answers tests/with-stack flow $(TEST_PORT) $(FLOW_HOLD) tests/flow/run $(BUILD)
	LIMITS=on FLOW_RECORD=$(CURDIR)/build/test/limits.answers tests/with-stack limits $(TEST_PORT) $(FLOW_HOLD) tests/flow/run $(BUILD)
	tests/contract/run answers $(ANSWERS)

## readme          the commands of README's example, as they stand there
readme: all bank
	LIMITS=on tests/with-stack readme $(TEST_PORT) 900 tests/readme

# the consumers of docs/INTEGRATING.md, one of them over TLS, with a certificate of the test
INTEGRATING := build/test/integrating
$(BUILD)/bin/replica: docs/integrating/c/replica.c
	@mkdir -p $(@D)
	$(CC) -Wall -Wextra -Werror -o $@ $< $(shell pkg-config --cflags --libs librabbitmq jansson 2>/dev/null)

## integrating     the sample consumers of docs/INTEGRATING.md in C, Python and Node
integrating: all bank $(BUILD)/bin/replica
	@mkdir -p $(@D) build/test
	@openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 -subj /CN=localhost \
		-addext subjectAltName=DNS:localhost,IP:127.0.0.1 -keyout $(INTEGRATING).key -out $(INTEGRATING).crt 2>/dev/null
	@AMQPS_LISTEN=127.0.0.1:$$(($(TEST_PORT) + 7)) AMQPS_CERT=$(INTEGRATING).crt AMQPS_KEY=$(INTEGRATING).key \
		tests/with-stack integrating $(TEST_PORT) 900 tests/integrating/run $(BUILD)

# faults, in a separate build: make fault SEED=7 FAULT=orders-relay.confirmed
FAULT_C       := $(wildcard tests/fault/*.c) $(addprefix tests/flow/,flow.c http.c events.c operator.c bank.c integrator.c)
FAULT_PACKAGES := libmariadb libcurl jansson librabbitmq
FAULT_HOLD    ?= 4
$(BUILD)/bin/test-fault: $(call objects,$(FAULT_C)) $(LIB)
	@mkdir -p $(@D)
	$(call say,LD,$@)
	$(Q)$(CC) $(LDFLAGS) -no-pie $^ $(LDLIBS) $(shell pkg-config --libs $(FAULT_PACKAGES) 2>/dev/null) -o $@

## full            everything that takes longer than a test run allows: hours
full: dead-full clangd
	FULL=on $(MAKE) --no-print-directory browser
	MODEL_LONG=1 $(MAKE) --no-print-directory model
	$(MAKE) --no-print-directory fault soak fuzz sanitize threads valgrind leak analyze bench
## dead-full       dead letters over 100 restarts of an events program
dead-full: all bank $(BUILD)/bin/test-flow
	FULL=on CK_RUN_SUITE=dead tests/with-stack dead $(TEST_PORT) $(FLOW_HOLD) $(BUILD)/bin/test-flow

# first the faults of parts, then those of the network, for which the programs are connected through the fault proxy; FAULT may list both
comma         := ,
FAULT_LIST    := $(subst $(comma), ,$(FAULT))
FAULT_RUNS     = $(if $(filter-out proxy%,$(FAULT_LIST))$(if $(FAULT),,all),fault-parts) $(if $(filter proxy%,$(FAULT_LIST))$(if $(FAULT),,all),fault-proxy)
## fault           every fault while users buy and sell; SEED=7 FAULT=orders-relay.confirmed repeats one
fault:
	@for run in $(FAULT_RUNS); do $(MAKE) --no-print-directory $$run || exit 1; done
## fault-short     the part of it that make test runs
##inner fault-parts fault-proxy fault-build
fault-short fault-parts fault-proxy: fault-build
	@tests/fault/disk release build/test/fault
	@FAILPOINTS=on INTEGRATOR_EVENTS=999999 THROUGH_PROXY=$(if $(filter fault-proxy,$@),on) SHORT=$(if $(filter fault-short,$@),on) SEED=$(SEED) FAULT=$(FAULT) \
		tests/with-stack fault $(TEST_PORT) $(FAULT_HOLD) build/fault/bin/test-fault
fault-build:
	@$(MAKE) --no-print-directory --silent FAILPOINTS=on BUILD=build/fault all bank build/fault/bin/test-fault build/fault/bin/fault-proxy
$(BUILD)/bin/fault-proxy: $(BUILD)/obj/tests/proxy/main.o
	@mkdir -p $(@D)
	$(call say,LD,$@)
	$(Q)$(CC) $(LDFLAGS) -no-pie $^ $(LDLIBS) -o $@

# with demo data and the default hold, so that the pictures in build/test/browser/pictures look like the product
## browser         the sale, accounts, selling and every page in Chromium; ONLY= is a pattern of names
browser: all bank
	DEMO=1 tests/with-stack browser $(TEST_PORT) 900 tests/browser/run

## pictures        takes the pictures of the README again
pictures: browser
	cp $(addprefix build/test/browser/pictures/readme/,$(PICTURES)) docs/pictures/

## model           the reservation protocol in spin, every interleaving; each mistake of tests/model/mistakes is found
model:
	tests/model/run $(BUILD)/test/model

## lint            borders, layout, lists, names: what the compiler does not check
lint: all
	tests/lint

## clangd          every C file is without an error for clangd (compile_flags.txt)
clangd: all $(BUILD)/gen/tests/all_messages.h
	tests/clangd

# the same checkout on the next Debian, in a tree below build/debian-13; the programs of this one make the state from which the
# upgrade test starts
## debian-13       most of the tests in a Debian 13 tree; as root
debian-13: all bank
	tests/debian/run

$(BUILD)/bin/bench-orders: $(call objects,tests/load/orders.c tests/flow/flow.c tests/flow/http.c) $(LIB)
	@mkdir -p $(@D)
	$(call say,LD,$@)
	$(Q)$(CC) $(LDFLAGS) -no-pie $^ $(TEST_LDLIBS) -o $@

$(BUILD)/bin/soak: $(call objects,tests/load/soak.c tests/load/retrying_buyers.c tests/load/engine.c tests/load/visits.c tests/load/watch.c tests/flow/flow.c tests/flow/http.c tests/flow/events.c) $(LIB)
	@mkdir -p $(@D)
	$(call say,LD,$@)
	$(Q)$(CC) $(LDFLAGS) -no-pie $^ $(TEST_LDLIBS) -o $@

# ten minutes of mixed traffic at 80 % of the capacity, then three times the capacity; holds expire within the test
SOAK_SECONDS ?= 600
## soak            mixed traffic for ten minutes, then overload; SOAK_SECONDS=
soak: all bank $(BUILD)/bin/soak
	tests/with-stack soak $(TEST_PORT) 20 $(BUILD)/bin/soak $(SOAK_SECONDS)

## soak-short      the same for 15 seconds
soak-short: all bank $(BUILD)/bin/soak
	tests/with-stack soak $(TEST_PORT) 20 $(BUILD)/bin/soak 15

# the first hold is long, so that no hold ends during other measurements
## bench           requests a second, latencies, memory
bench:
	@$(MAKE) --no-print-directory --silent -j$$(nproc) all bank $(BUILD)/bin/bench-orders
	tests/with-stack bench $(TEST_PORT) 900 tests/load/run $(BUILD)
	tests/with-stack holds $(TEST_PORT) 5 tests/load/holds $(BUILD)

## next            this version and a later one, each reads what the other has written
next: all bank
	@tests/next/merge build/next/lists
	@$(MAKE) --no-print-directory --silent -j$$(nproc) BUILD=build/next LISTS=build/next/lists all bank
	@rm -rf build/next/sql && cp -r sql build/next/ && cp -r tests/next/sql build/next/
	tests/next/run $(TEST_PORT)

# each folder of tests/upgrade is what an earlier version left (tests/upgrade/record)
## upgrade         the state of each earlier version with orders, charges and edits in flight, upgraded under load
upgrade: all bank
	@for version in tests/upgrade/*/; do \
		tests/with-stack upgrade $(TEST_PORT) 900 tests/upgrade/run $$(basename $$version) || exit 1; \
	done

# A separate build, below build/coverage. Counters are added up from run to run, so they are reset first.
COVERAGE := BUILD=build/coverage OPT='-O0 -g' HARDEN= SANITIZER='--coverage -fprofile-update=atomic'
## coverage        percent of lines that unit and pool execute, by folder; FULL=on: flow too
coverage:
	@$(MAKE) --no-print-directory --silent -j$$(nproc) $(COVERAGE) all bank $(patsubst $(BUILD)/%,build/coverage/%,$(TEST_PROGRAMS))
	@find build/coverage -name '*.gcda' -delete
	tests/with-database coverage-unit build/coverage/bin/test-unit
	tests/with-database coverage-pool build/coverage/bin/test-pool
	$(if $(filter on,$(FULL)),BIN=build/coverage/bin tests/with-stack coverage $(TEST_PORT) $(FLOW_HOLD) tests/flow/run build/coverage)
	@tests/coverage build/coverage

##@ Release
## corpus          records the events of the release in common/base/version.h, for the tests of later versions
RELEASE = $(shell sed -nE 's/^.define STAGEDOOR_VERSION "(.*)"$$/\1/p' common/base/version.h)
corpus: all bank $(BUILD)/bin/test-flow $(BUILD)/bin/test-unit
	@[ -n "$(RELEASE)" ] && [ ! -e "tests/events/$(RELEASE)" ] || { echo "corpus: $(RELEASE) has one; set a new version in common/base/version.h" >&2; exit 1; }
	tests/with-stack corpus $(TEST_PORT) $(FLOW_HOLD) tests/events/release $(BUILD) $(RELEASE)
