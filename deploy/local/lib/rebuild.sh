# `deploy/local/stagedoor broker rebuild`: sets the broker's data aside, loads its definitions into an empty broker, and
# publishes all events of the outboxes again. For data of another RabbitMQ, or damaged data; all contents of the broker are
# in the databases too. $STATE/broker-rebuild names the copy until the rebuild is complete, so that the next rebuild finishes
# an interrupted one; until then nothing else starts the broker, since events would be missing.

series() {
	cut -d. -f1,2 <<<"$1"
}

broker_installed() {
	local home
	for home in /usr/lib/rabbitmq/lib/rabbitmq_server-*; do echo "${home##*-}"; done
}

# "3.10" of the data; nothing without data. Before the version was recorded it was 3.10, or 4.0, which has a feature flag
# of its name.
broker_data_series() {
	if [ -s "$STATE/broker/version" ]; then
		series "$(cat "$STATE/broker/version")"
	elif [ -d "$STATE/broker/mnesia" ]; then
		if grep -qs rabbitmq_4 "$STATE/broker/feature_flags"; then echo 4.0; else echo 3.10; fi
	fi
}

check_broker() {
	local data now
	[ ! -e "$STATE/broker-rebuild" ] ||
		fail "a rebuild of the broker was cut short: run deploy/local/stagedoor broker rebuild, which finishes it."
	data=$(broker_data_series)
	now=$(series "$(broker_installed)")
	[ -z "$data" ] || [ "$data" = "$now" ] ||
		fail "the broker's data are of RabbitMQ $data and cannot be taken over by $now: run deploy/local/stagedoor broker rebuild, which loses nothing."
}

stack_rebuild() {
	checks
	lock
	[ -s "$STATE/broker-rebuild" ] || rebuild_begin
	if supervisor_runs; then
		rebuild_below
	else
		sweep
		broker_set_aside
		bring_up
	fi
	command_run replay all || fail "the events were not published again: run it again."
	rm -f "$STATE/broker-rebuild"
	echo "The broker is rebuilt. What it held before is in $STATE/$REBUILD_COPY; delete that when you like."
	rebuild_audit
}

rebuild_begin() {
	date +broker-before-%Y%m%d-%H%M%S >"$STATE/.broker-rebuild"
	mv "$STATE/.broker-rebuild" "$STATE/broker-rebuild"
}

# The data that the first attempt finds are the copy; a later attempt finds only data that an earlier one created.
broker_set_aside() {
	REBUILD_COPY=$(cat "$STATE/broker-rebuild")
	mkdir -p "$STATE/broker"
	if [ -d "$STATE/$REBUILD_COPY" ]; then
		rm -rf "$STATE/broker"
	else
		mv "$STATE/broker" "$STATE/$REBUILD_COPY"
	fi
	mkdir -p "$STATE/broker"
}

# While the site stays up: events wait in the outboxes.
rebuild_below() {
	local part users=()
	for part in $(parts_list); do
		case $part in *-events | *-relay) users+=("$part") ;; esac
	done
	parts_down "${users[@]}"
	parts_down broker
	broker_set_aside
	config_broker
	part_up broker
	broker_await
	messaging_up
}

# The audit also reports events in flight, so it is repeated for a while; a problem from before stays a problem.
# Dead letters wait for an operator, not for this.
rebuild_audit() {
	local until=$((SECONDS + 120)) said
	until said=$(command_run audit 2>&1); do
		{ [ "$SECONDS" -lt "$until" ] && grep -qv 'a dead letter waits for a person' <<<"$said"; } || { echo "$said" >&2; exit 1; }
		sleep 1
	done
	echo "$said"
}
