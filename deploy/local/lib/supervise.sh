# Commands to the supervisor, and finding the processes that a killed supervisor left behind.

supervisor_runs() {
	s6-svscanctl -z "$SCAN" 2>/dev/null
}

supervisor_start() {
	local limit
	limit=$(ulimit -H -n)
	if [ "$limit" = unlimited ] || [ "$limit" -gt 4096 ]; then limit=4096; fi
	# database and broker derive the size of their tables from this limit
	ulimit -S -n "$limit"
	setsid env -i PATH="$PATH" s6-svscan "$SCAN" </dev/null >"$LOG/supervisor" 2>&1 9>&- &
	SUPERVISOR=$!
	supervisor_await epmd broker
}

supervisor_rescan() {
	s6-svscanctl -a "$SCAN"
	# shellcheck disable=SC2046
	supervisor_await $(parts_list)
}

supervisor_await() {
	local part tries=0
	for part in "$@"; do
		until s6-svok "$SCAN/$part"; do
			tries=$((tries + 1))
			[ "$tries" -lt 500 ] || fail "the supervisor did not start; see $LOG/supervisor."
			sleep 0.02
		done
	done
}

part_up() {
	local part
	for part in "$@"; do
		rm -f "$SCAN/$part/down"
		s6-svc -u "$SCAN/$part"
	done
}

# parts_down PART…: tells the parts to end, and waits; s6 kills a part after its timeout-kill
parts_down() {
	local part dirs=()
	for part in "$@"; do
		s6-svok "$SCAN/$part" 2>/dev/null || continue
		touch "$SCAN/$part/down"
		s6-svc -d "$SCAN/$part" 2>/dev/null || continue
		dirs+=("$SCAN/$part")
	done
	[ "${#dirs[@]}" -eq 0 ] || s6-svwait -D -t 10000 "${dirs[@]}" 2>/dev/null || true
}

last_lines() {
	tail -n "$2" "$LOG/$1/current" 2>/dev/null || true
}

is_ready() {
	[ "$(s6-svstat -o ready "$SCAN/$1" 2>/dev/null)" = true ]
}

# ready_wait SECONDS PART…: returns early if a part dies repeatedly
ready_wait() {
	local until=$((SECONDS + $1)) part dirs=()
	shift
	for part in "$@"; do dirs+=("$SCAN/$part"); done
	until s6-svwait -U -t 500 "${dirs[@]}" 2>/dev/null; do
		for part in "$@"; do
			is_ready "$part" && continue
			[ "$SECONDS" -lt "$until" ] && [ "$(s6-svdt "$SCAN/$part" | wc -l)" -lt 4 ] && continue
			last_lines "$part" 5 >&2
			fail "$part does not get ready; the last lines of its log ($LOG/$part/current) are above."
		done
	done
}

# The processes of this stack: all of them run below $STATE and have no terminal. The calling process and its parents
# are left out.
leftovers() {
	find /proc -maxdepth 2 -name cwd \( -lname "$SCAN*" -o -lname "$STATE/db*" -o -lname "$STATE/broker*" \) \
		-printf '%h\n' 2>/dev/null | awk -v self=$$ '
		function read_stat(dir, line) {
			line = ""
			getline line <(dir "/stat")
			close(dir "/stat")
			sub(/^.*\) /, "", line)
			return split(line, field, " ")
		}
		BEGIN { for (pid = self; pid > 1 && read_stat("/proc/" pid); pid = field[2]) asking["/proc/" pid] = 1 }
		!($0 in asking) && read_stat($0) && field[1] != "Z" && field[5] == 0 { print substr($0, 7) }' || true
}

send() {
	local signal=$1
	shift
	[ $# -eq 0 ] || kill "-$signal" "$@" 2>/dev/null || true
}

sweep() {
	local pids pid tries
	mapfile -t pids < <(leftovers)
	[ "${#pids[@]}" -gt 0 ] || return 0
	# the supervisors first, since they would restart the programs
	for pid in "${pids[@]}"; do
		case $(cat "/proc/$pid/comm" 2>/dev/null) in s6-supervise | s6-svscan) send KILL "$pid" ;; esac
	done
	send TERM "${pids[@]}"
	send CONT "${pids[@]}"
	for tries in {1..50}; do
		mapfile -t pids < <(leftovers)
		[ "${#pids[@]}" -gt 0 ] || return 0
		[ "$tries" -lt 40 ] || send KILL "${pids[@]}"
		sleep 0.1
	done
}
