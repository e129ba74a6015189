# Stops the parts in an order that completes the work in progress; no process is left.

stack_stop() {
	lock
	take_down
	echo "The stack in $STATE is stopped."
}

take_down() {
	local part web=() rest=()
	if supervisor_runs; then
		for part in $(parts_list); do
			case $part in
			*-web) web+=("$part") ;;
			*-events | *-relay | *-jobs) rest+=("$part") ;;
			esac
		done
		parts_down "${web[@]}"
		parts_down "${rest[@]}"
		parts_down nginx bank
		parts_down broker database
		parts_down epmd
		supervisor_stop
	fi
	sweep
	rm -f "$SOCK"/* "$WEB"/*
}

supervisor_stop() {
	local tries
	s6-svscanctl -t "$SCAN" 2>/dev/null || return 0
	for tries in {1..60}; do
		supervisor_runs || return 0
		sleep 0.05
	done
}

stack_reset() {
	grep -qx stagedoor "$MARK" || fail "$STATE is not a state directory of this stack."
	lock
	take_down
	rm -rf "$STATE"
	echo "$STATE is gone."
}
