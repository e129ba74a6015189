# The local stack. Its settings (PORT, STATE, HOLD_SECONDS, DEMO, LIMITS …: deploy/local/lib/settings.sh) reach it
# from the environment or from make's command line.
.PHONY: run start stop status logs reset

run start:
	@$(MAKE) --no-print-directory --silent -j$$(nproc) all bank
	@deploy/local/stack $@

stop status logs reset:
	@deploy/local/stack $@
