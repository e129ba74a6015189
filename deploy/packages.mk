# The packages that the goals of make need: sections of packages.txt. They are installed before the rest of the
# Makefile is read, since compiler flags depend on them. `make` and `make all` install nothing.
STACK           := build run
NEEDS_run       := $(STACK)
NEEDS_start     := $(STACK)
NEEDS_test      := $(STACK) test fault model load browser node integrating lint safety debian read
NEEDS_lint      := lint
NEEDS_format    := lint
NEEDS_expand    := build lint
NEEDS_refuse    := build
NEEDS_model     := build model
NEEDS_hardened  := $(STACK)
NEEDS_sbom      := $(STACK)
NEEDS_analyze   := build safety
NEEDS_bench     := $(STACK) test load
NEEDS_browser   := $(STACK) browser node
NEEDS_pictures  := $(STACK) browser node
NEEDS_contract  := build node
NEEDS_docs      := build read
NEEDS_flow      := node
NEEDS_integrating := $(STACK) node integrating
NEEDS_clangd    := build test safety
NEEDS_coverage  := $(STACK) test
NEEDS_full      := $(STACK) test fault model load browser node safety
NEEDS_dead-full := $(STACK) test
NEEDS_next      := $(STACK)
NEEDS_upgrade   := $(STACK)
NEEDS_corpus    := $(STACK) test node integrating
NEEDS_sanitize  := $(STACK) test safety browser node
NEEDS_debian-13 := $(STACK) test debian
TESTS           := unit pool flow readme soak soak-short leak leak-quick
SAFETY          := fuzz fuzz-corpus sanitize-quick threads valgrind
FAULTS          := fault fault-short fault-parts fault-proxy

needs  = $(NEEDS_$(1)) $(if $(filter $(1),$(TESTS) $(SAFETY) $(FAULTS)),$(STACK) test) $(if $(filter $(1),$(SAFETY)),safety) \
         $(if $(filter $(1),$(FAULTS)),fault)
NEEDED := $(sort $(foreach goal,$(MAKECMDGOALS),$(call needs,$(goal))))
# once: a recipe's sub-make finds everything installed. Not for make -n
ifneq ($(NEEDED),)
ifeq ($(MAKELEVEL)$(findstring n,$(firstword -$(MAKEFLAGS))),0)
$(shell deploy/install-packages $(NEEDED) >&2)
ifneq ($(.SHELLSTATUS),0)
$(error $(MAKECMDGOALS) needs packages that are missing)
endif
endif
endif
