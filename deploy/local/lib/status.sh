# The state, age and memory of each part; and the logs.

stack_status() {
	local part down=0
	if ! supervisor_runs; then
		if [ -n "$(leftovers)" ]; then
			echo "The supervisor of the stack in $STATE is gone, but parts of it still run: make stop ends them."
		else
			echo "The stack in $STATE is stopped."
		fi
		return 1
	fi
	memory_read
	printf '%-18s %-26s %8s %8s  %s\n' PART "UP SINCE" PID MIB LOG
	for part in $(parts_list); do
		part_status "$part" || down=1
	done
	memory_totals
	return "$down"
}

part_status() {
	local up ready pid age log=$LOG/$1/current
	read -r up ready pid age < <(s6-svstat -o up,ready,pid,updownfor "$SCAN/$1" 2>/dev/null || echo false false -1 0)
	if [ "$up" = true ] && [ "$ready" = true ]; then
		printf '%-18s %-26s %8s %8s  %s\n' "$1" "$(date -d "-$age seconds" +%H:%M:%S) ($(duration "$age"))" "$pid" "$(memory_of "$1")" "$log"
		return 0
	fi
	if [ "$up" = true ]; then up="not ready for $(duration "$age")"; else up="DOWN for $(duration "$age")"; fi
	printf '%-18s %-26s %8s %8s  %s\n' "$1" "$up" - - "$log"
	printf '    %s\n' "$(last_lines "$1" 1)"
	return 1
}

duration() {
	if [ "$1" -lt 120 ]; then
		echo "$1 s"
	elif [ "$1" -lt 7200 ]; then
		echo "$(($1 / 60)) min"
	else
		echo "$(($1 / 3600)) h"
	fi
}

# MEMORY[part]: proportional set size, in KiB, of the part and its children; "stack" is the total, including the
# supervisor
memory_read() {
	local part kib
	declare -gA MEMORY=([programs]=0 [stack]=0)
	while read -r part kib; do
		MEMORY[$part]=$((${MEMORY[$part]:-0} + kib))
		MEMORY[stack]=$((MEMORY[stack] + kib))
		case $part in *-web | *-events | *-relay | *-jobs) MEMORY[programs]=$((MEMORY[programs] + kib)) ;; esac
	done < <(part_processes | awk '{
		file = "/proc/" $2 "/smaps_rollup"
		while ((getline line <file) > 0) if (line ~ /^Pss:/) { split(line, field, " "); print $1, field[2] }
		close(file)
	}')
}

# lines of "part pid": every process below a part's own process; those of the supervisor have the name supervisor
part_processes() {
	local part
	{
		for part in $(parts_list); do
			echo "part $part $(s6-svstat -o pid "$SCAN/$part" 2>/dev/null || echo none)"
		done
		leftovers | sed 's/^/ours /'
		# processes that end meanwhile are left out
		{ cat /proc/[0-9]*/stat 2>/dev/null || true; } | sed 's/^\([0-9]*\) (.*) [A-Za-z] \([0-9]*\) .*/parent \1 \2/'
	} | awk '
		$1 == "part" { name[$3] = $2 }
		$1 == "ours" { ours[$2] = 1 }
		$1 == "parent" { parent[$2] = $3 }
		END {
			for (pid in parent) {
				for (p = pid; p > 1 && !(p in name); p = parent[p]);
				if (p in name) print name[p], pid
				else if (pid in ours) print "supervisor", pid
			}
		}'
}

memory_of() {
	mib "${MEMORY[$1]:-0}"
}

mib() {
	awk -v kib="$1" 'BEGIN { printf "%.1f", kib / 1024 }'
}

memory_totals() {
	echo
	echo "supervisor and loggers: $(memory_of supervisor) MiB · own programs: $(memory_of programs) MiB · whole stack: $(memory_of stack) MiB"
}

stack_logs() {
	local part files=()
	for part in ${PART:-$(parts_list)}; do
		[ -e "$LOG/$part/current" ] || fail "there is no log of a part named $part in $LOG."
		files+=("$LOG/$part/current")
	done
	tail -v -n 10 -F "${files[@]}" 2>/dev/null | awk '
		/^==> .*\/current <==$/ { n = split($2, path, "/"); part = path[n - 1]; next }
		NF { printf "%-17s %s\n", part, $0; fflush() }'
}
