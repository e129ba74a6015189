# Starts the site, from nothing or from the state of an earlier run.

stack_start() {
	checks
	lock
	if supervisor_runs; then
		echo "The stack in $STATE is up already: $(site_url)"
		return
	fi
	bring_up
}

stack_run() {
	checks
	lock
	! supervisor_runs || fail "the stack in $STATE is up already; make stop ends it."
	trap 'exit 130' INT TERM
	trap 'exec >/dev/null 2>&1; exit 129' HUP
	bring_up
	echo "Ctrl-C stops it."
	unlock
	trap 'foreground_end' EXIT
	foreground_wait
}

terminal_there() {
	{ : </dev/tty; } 2>/dev/null
}

# A lost terminal does not always send a signal to every process
foreground_wait() {
	local terminal=false
	! terminal_there || terminal=true
	while kill -0 "$SUPERVISOR" 2>/dev/null; do
		if $terminal && ! terminal_there; then exec >/dev/null 2>&1; return; fi
		sleep 1 &
		wait $! || true
	done
}

# the stack ends, whatever has happened to the terminal
foreground_end() {
	set +e
	trap '' INT TERM HUP PIPE
	trap - EXIT
	echo "Stopping." 2>/dev/null || exec >/dev/null 2>&1
	lock
	take_down
	exit 0
}

checks() {
	check_packages
	check_programs
	check_state
	check_disk
}

lock() {
	echo "stagedoor" >"$MARK"
	exec 9>"$STATE/.lock"
	flock -w 60 9 || fail "another start or stop of the stack in $STATE is still running."
}

unlock() {
	echo "stagedoor" >"$MARK"
	exec 9>&-
}

bring_up() {
	[ -n "${REBUILD_COPY:-}" ] || check_broker
	trap 'start_failed' EXIT
	sweep
	check_ports
	config_begin
	secrets_make
	config_broker
	parts_broker
	supervisor_start
	# the broker takes longest to start, so everything else is prepared meanwhile
	part_up epmd broker
	config_rest
	parts_rest
	supervisor_rescan
	database_up
	sites_up
	broker_await
	messaging_up
	demo_load
	trap - EXIT
	summary
}

start_failed() {
	set +e
	trap '' INT TERM HUP PIPE
	trap - EXIT
	take_down
	exit 1
}

database_up() {
	database_create
	part_up database
	ready_wait 60 database
	MIGRATED=$(command_run migrate) || fail "the databases could not be migrated."
	MIGRATED=$(grep -v ': 0 of' <<<"$MIGRATED" || true)
	[ -z "$MIGRATED" ] || echo "$MIGRATED"
	# the first start: there is no earlier version
	[[ $MIGRATED != *applied\ orders/0001* ]] || MIGRATED=
}

# Created under another name and then renamed, so that it is complete if it exists
database_create() {
	[ ! -d "$STATE/db" ] || return 0
	local as_root=()
	[ "$(id -u)" -ne 0 ] || as_root=(--user=root)
	rm -rf "$STATE/db.new"
	TMPDIR=$STATE/db-tmp mariadb-install-db --no-defaults --datadir="$STATE/db.new" --auth-root-authentication-method=normal \
		--skip-test-db "${as_root[@]}" >"$LOG/database-install" 2>&1 </dev/null ||
		fail "mariadb-install-db failed; see $LOG/database-install."
	mv "$STATE/db.new" "$STATE/db"
}

sites_up() {
	local part early=()
	for part in $(parts_list); do
		case $part in
		orders-web) [ -n "$MIGRATED" ] || early+=("$part") ;;
		nginx | bank | *-web | *-jobs) early+=("$part") ;;
		esac
	done
	part_up "${early[@]}"
}

messaging_up() {
	local part
	for part in $(parts_list); do
		case $part in *-events | *-relay) part_up "$part" ;; esac
	done
	sales_up
}

# After an upgrade nothing is sold before the changes of listings that the version before has committed have arrived
sales_up() {
	if [ -n "${MIGRATED:-}" ]; then
		command_run drain >/dev/null || fail "events of before the upgrade are still on their way; see above, and start again."
		part_up orders-web
	fi
	# shellcheck disable=SC2046
	ready_wait 60 $(parts_list)
}

queues_digest() {
	jq -S '[.vhosts, .queues]' "$ETC/definitions.json" | sha256sum
}

# A quorum queue whose broker dies within a second of its declaration is permanently damaged, so new queues get two
# seconds before traffic. A broker that died before had no traffic, so its data are discarded.
broker_discard_unsettled() {
	[ -e "$STATE/broker/settled" ] || rm -rf "$STATE/broker/mnesia"
}

# A broker that has imported definitions before gets the changes once it is up, with the bindings of the history that a start
# leaves out. The next start applies what could not be applied, and topology check reports it.
broker_import() {
	local digest imported=$STATE/broker/mnesia/imported
	digest=$(jq -S 'del(.users[]?.password_hash)' "$ETC/definitions.json" | sha256sum)
	if [ -e "$imported" ] && [ "$(cat "$imported")" != "$digest" ]; then
		command_run topology apply || return 0
	fi
	echo "$digest" >"$imported"
}

broker_await() {
	local digest
	ready_wait 120 broker
	broker_import
	digest=$(queues_digest)
	[ "$(cat "$STATE/broker/settled" 2>/dev/null)" = "$digest" ] && return
	sleep 2
	echo "$digest" >"$STATE/broker/settled"
}

demo_load() {
	[ "$DEMO" = 1 ] && [ ! -e "$ETC/demo-users.txt" ] || return 0
	"$LOCAL/demo" "$(site_url)" "$ETC/demo-users.txt" "$CURRENCY" 9>&- ||
		echo "The site is up without its demo data; the next start tries again." >&2
}

summary() {
	local bank="Stripe ($STRIPE_API_BASE)"
	[ "$SANDBOX" = no ] || bank="sandbox bank, no real money"
	echo
	echo "Stagedoor is at $(site_url)"
	if [ -r "$ETC/demo-users.txt" ]; then
		read -r user password <"$ETC/demo-users.txt"
		echo "Sign in as $user with password $password (the others are in $ETC/demo-users.txt)"
	fi
	echo "payments: $bank"
}
