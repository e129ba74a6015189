# Stagedoor. `make help` lists the goals, from the comments with two hashes here and in the .mk files.
include deploy/packages.mk

# prints one short line for each file; V=1 prints the commands, -s nothing
IS_SILENT = $(findstring s,$(filter-out --%,$(firstword -$(MAKEFLAGS))))
Q         = $(if $(filter 1,$(V)),,@)
say       = $(if $(filter 1,$(V))$(IS_SILENT),,@echo "$(1) $(2)")

BUILD    ?= build
ifeq ($(origin CC),default)
CC       := gcc
endif
CSTD     := -std=c11 -D_GNU_SOURCE
# WERROR=1, which CI sets, makes warnings errors. Builds with a sanitizer (make SANITIZE=address,undefined BUILD=…)
# only warn, since gcc also warns about code that the sanitizer inserts
WARN     := -Wall -Wextra -Wconversion -Wshadow -Wformat=2 $(if $(SANITIZE),,$(if $(filter 1,$(WERROR)),-Werror))
# tests/hardened checks each of these in every program; the last flag records them there. Sanitizers find more than FORTIFY
CET      := $(if $(findstring x86_64,$(shell $(CC) -dumpmachine 2>/dev/null)),-fcf-protection)
HARDEN   := -fPIE -fstack-protector-strong -fstack-clash-protection $(CET) -U_FORTIFY_SOURCE $(if $(SANITIZE),,-D_FORTIFY_SOURCE=3) \
            -frecord-gcc-switches
OPT      ?= -O2 -g
# SANITIZE=address,undefined (or thread): needs a separate BUILD; reports go to $(BUILD)/reports
FINDINGS := $(if $(SANITIZE),$(BUILD)/obj/tests/sanitize/options.o)
SANITIZER := $(if $(SANITIZE),-fsanitize=$(SANITIZE) -fno-sanitize-recover=all -fno-omit-frame-pointer)
PACKAGES := jansson libmariadb librabbitmq libjwt libsodium icu-i18n icu-uc libcrypto
# LISTS=DIRECTORY: a tree whose lists replace ours, and whose .c files are added (make next)
CFLAGS   := $(CSTD) $(WARN) $(HARDEN) $(OPT) $(LISTS:%=-I%) -I. -I$(BUILD)/gen $(shell pkg-config --cflags $(PACKAGES) 2>/dev/null) $(SANITIZER) $(if $(filter on,$(FAILPOINTS)),-DFAILPOINTS)
LDFLAGS  := -pie -Wl,-z,relro,-z,now,-z,noexecstack -Wl,--as-needed $(SANITIZER) $(FINDINGS)
LDLIBS   := -lfcgi $(shell pkg-config --libs $(PACKAGES) 2>/dev/null) -lpthread

APPS     := $(shell deploy/services)
COMPILER := $(BUILD)/bin/htmlc
TRANSLATIONS := $(BUILD)/bin/translations
# created when every text has all languages
TRANSLATED   := $(BUILD)/gen/translated
LIB      := $(BUILD)/lib/libstagedoor.a
# a change of flags rebuilds everything
FLAGS    := $(BUILD)/flags

# the build itself runs both programs
TOOLS_C  := common/html/compile.c common/base/translations.c
LIB_C    := $(filter-out $(TOOLS_C),$(wildcard common/*/*.c)) $(wildcard amqp/*.c)
objects   = $(patsubst %.c,$(BUILD)/obj/%.o,$(1))
# pages of a folder: apps/x/pages/*.html become build/gen/apps/x/pages/*.c and build/gen/apps/x/pages.h
pages     = $(patsubst %.html,$(BUILD)/obj/%.html.o,$(wildcard $(1)/pages/*.html))

PROGRAMS := $(foreach a,$(APPS),$(if $(wildcard apps/$(a)/*.c),$(BUILD)/bin/stagedoor-$(a))) \
            $(if $(wildcard apps/stagedoor/*.c),$(BUILD)/bin/stagedoor)

.PHONY: all help translations clean format expand always
##inner always
.PRECIOUS: $(BUILD)/gen/%.html.c
.DELETE_ON_ERROR:
##@ Build
## all             builds the programs (the default); V=1 shows the commands, WERROR=1 makes warnings errors, BUILD= names the folder
all: $(PROGRAMS)

-include stack.mk
-include contract/contract.mk
-include sandbox/sandbox.mk
-include tests/tests.mk
-include tests/safety.mk

MAKEFILES_OF_GOALS := stack.mk $(filter-out stack.mk,$(filter %Makefile %.mk,$(MAKEFILE_LIST)))
## help            this list
help:
	@awk '/^##@ / { print (n++ ? "\n" : "") substr($$0, 5) } /^## / { print "  make " substr($$0, 4) }' $(MAKEFILES_OF_GOALS)

# A text without all languages is reported once for each list, before anything is compiled.
TEXT_LISTS   := $(sort $(wildcard $(foreach d,common apps,$(d)/*/messages.def $(d)/*/pages/*.def)) \
                $(shell grep -lP '^DECLINE\x28|\bTEXTS\x28' common/*/*.def apps/*/*.def))
$(BUILD)/gen/common/base/text_lists.h: $(TEXT_LISTS)
	@mkdir -p $(@D)
	@for list in $(TEXT_LISTS); do printf '#define TEXT_LIST "%s"\n#include "%s"\n#undef TEXT_LIST\n' $$list $$list; done > $@
$(TRANSLATIONS): common/base/translations.c common/base/messages.h $(wildcard common/base/l*.def) $(BUILD)/gen/common/base/text_lists.h $(FLAGS)
	@mkdir -p $(@D)
	$(call say,LD,$@)
	$(Q)$(CC) $(CSTD) $(WARN) $(HARDEN) $(OPT) $(LISTS:%=-I%) -I. -I$(BUILD)/gen $< $(LDFLAGS) -o $@
$(TRANSLATED): $(TRANSLATIONS) $(wildcard nginx/errors/*) nginx/site.conf.in
	$(Q)$(TRANSLATIONS) check
	@touch $@
## translations    how many texts each list misses in each language; TAG=de lists those of one
translations: $(TRANSLATIONS)
	@$(TRANSLATIONS) $(if $(TAG),list $(TAG),table)

$(FLAGS): always
	@mkdir -p $(@D)
	@echo '$(CC) $(CFLAGS)' | cmp -s - $@ || echo '$(CC) $(CFLAGS)' > $@

$(BUILD)/obj/%.o: %.c $(FLAGS) | $(TRANSLATED)
	@mkdir -p $(@D)
	$(call say,CC,$<)
	$(Q)$(CC) $(CFLAGS) $(CFLAGS_$(subst /,_,$(patsubst %/,%,$(dir $*)))) -MMD -MP -c $< -o $@

$(BUILD)/obj/tests/sanitize/options.o: tests/sanitize/options.c $(FLAGS)
	@mkdir -p $(@D) $(BUILD)/reports
	$(call say,CC,$<)
	$(Q)$(CC) $(CFLAGS) -DSANITIZE_REPORTS='"$(abspath $(BUILD))/reports/report"' -DSANITIZE_RULES='"$(abspath tests/sanitize)"' -c $< -o $@
$(LIB) $(COMPILER) $(TRANSLATIONS) $(bank_objects): | $(FINDINGS)

$(BUILD)/obj/%.html.o: $(BUILD)/gen/%.html.c $(FLAGS)
	@mkdir -p $(@D)
	$(call say,CC,$<)
	$(Q)$(CC) $(CFLAGS) -MMD -MP -c $< -o $@

$(COMPILER): common/html/compile.c $(FLAGS) | $(TRANSLATED)
	@mkdir -p $(@D)
	$(call say,LD,$@)
	$(Q)$(CC) $(CSTD) $(WARN) $(HARDEN) $(OPT) -I. $(filter %.c,$^) $(LDFLAGS) -o $@

$(BUILD)/gen/%.html.c: %.html $(COMPILER)
	@mkdir -p $(@D)
	$(call say,PAGE,$<)
	$(Q)$(COMPILER) $< > $@

# Addresses of static files that change with their content, so that browsers may cache them without limit
ASSETS := $(wildcard nginx/static/*)
$(BUILD)/gen/common/html/assets.h: $(ASSETS)
	@mkdir -p $(@D)
	@{ echo '/* made from nginx/static */'; for f in $(sort $(ASSETS)); do \
		name=$$(basename $$f); macro=$$(echo $$name | tr 'a-z.-' 'A-Z__'); \
		echo "#define ASSET_$$macro \"/static/$$name?v=$$(sha256sum $$f | cut -c1-12)\""; done; } > $@

# $(1): a folder with pages/. Its pages.h declares every template; all its objects wait for it.
define pages_of
$(BUILD)/gen/$(1)/pages.h: $(wildcard $(1)/pages/*.html $(1)/pages/*.def) $(COMPILER)
	@mkdir -p $$(@D)
	$$(call say,PAGES,$(1)/pages)
	$$(Q)$(COMPILER) --header $(wildcard $(1)/pages/*.html) > $$@
$(call objects,$(wildcard $(1)/*.c)) $(call pages,$(1)): | $(sort $(BUILD)/gen/$(1)/pages.h $(BUILD)/gen/common/html/pages.h)
endef
$(foreach d,common/html $(addprefix apps/,$(APPS)),$(if $(wildcard $(d)/pages/*.html),$(eval $(call pages_of,$(d)))))
$(call objects,$(LIB_C)): | $(if $(wildcard common/html/pages/*.html),$(BUILD)/gen/common/html/pages.h)
# the layout includes them, so every object that waits for the pages waits for them
$(BUILD)/gen/common/html/pages.h: | $(BUILD)/gen/common/html/assets.h

# $(1)s.def of all services with a pool, each with SERVICE as its name; without an include guard: once for each table
define all_of
$(BUILD)/gen/all_$(1)s.h: common/schema/services.def
	@mkdir -p $$(@D)
	@printf '#define SERVICE "%s"\n#include "apps/%s/$(1)s.def"\n#undef SERVICE\n' $$(foreach s,$$(shell deploy/services web),$$(s) $$(s)) > $$@
endef
$(eval $(call all_of,route))
$(eval $(call all_of,record))
$(BUILD)/obj/contract/lists.o $(BUILD)/obj/tests/flow/routes.o: | $(BUILD)/gen/all_routes.h $(BUILD)/gen/all_records.h

$(LIB): $(call objects,$(LIB_C)) $(call pages,common/html)
	@mkdir -p $(@D)
	@rm -f $@
	$(call say,AR,$@)
	$(Q)ar rcs $@ $^

define program
$(BUILD)/bin/$(1): $(call objects,$(wildcard $(2)/*.c $(LISTS:%=%/$(2)/*.c))) $(call pages,$(2)) $(LIB)
	@mkdir -p $$(@D)
	$$(call say,LD,$$@)
	$$(Q)$$(CC) $$(LDFLAGS) $$(filter %.o,$$^) $(LIB) $$(LDLIBS) $(3) -o $$@
endef
$(foreach a,$(filter-out payments,$(APPS)),$(eval $(call program,stagedoor-$(a),apps/$(a),)))
$(eval $(call program,stagedoor-payments,apps/payments,$(shell pkg-config --libs libcurl 2>/dev/null)))
$(eval $(call program,stagedoor,apps/stagedoor,))

## clean           removes everything that was built
clean:
	rm -rf $(BUILD)

## format          formats the C files by .clang-format
format:
	@clang-format --version | grep -q "version $$(sed -nE '1s/^# clang-format ([0-9]+) .*/\1/p' .clang-format)\." || { \
		echo "format: another major version of clang-format than .clang-format names" >&2; exit 1; }
	git ls-files '*.c' '*.h' | grep -vE '(declare|define)_[a-z]+\.h$$|html_put\.h$$|schema/kind\.h$$' | xargs clang-format -i

## expand FILE=apps/orders/lists.c    what a list becomes, after the preprocessor
expand:
	@$(CC) $(CFLAGS) -E -P $(FILE) | clang-format

-include $(shell find $(BUILD)/obj -name '*.d' 2>/dev/null)
