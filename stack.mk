# The local stack. Its settings (PORT, STATE, HOLD_SECONDS, DEMO, LIMITS …: deploy/local/lib/settings.sh) come from
# the environment or from make's command line.
.PHONY: run start stop status logs reset

##@ Run
## run             installs what is missing, builds, starts everything with demo data in the foreground; Ctrl-C ends it
## start           the same in the background
run start:
	@$(MAKE) --no-print-directory --silent -j$$(nproc) all bank
	@deploy/local/stack $@

## stop            ends what make start began
## status          says whether everything is up, and what is behind
## logs            follows the log of every program
## reset           stops and removes the state: databases, queues, keys
stop status logs reset:
	@deploy/local/stack $@
