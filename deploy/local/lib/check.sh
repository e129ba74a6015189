# Checks before anything starts; each foreseeable problem is reported in one sentence.

NEEDED_KIB=$((500 * 1024))

check_packages() {
	local tool
	for tool in s6-svscan s6-svwait nginx mariadbd mariadb-install-db mariadb-admin epmd curl jq openssl envsubst; do
		command -v "$tool" >/dev/null || fail "$tool is missing: run deploy/install-packages."
	done
	[ -x /usr/lib/rabbitmq/bin/rabbitmq-server ] || fail "rabbitmq-server is missing: run deploy/install-packages."
}

check_programs() {
	local name
	for name in stagedoor "${SERVICES[@]/#/stagedoor-}"; do
		[ -x "$BIN/$name" ] || fail "$BIN/$name is missing: run make first."
	done
	[ "$SANDBOX" = no ] || [ -x "$BIN/stagedoor-bank" ] || fail "$BIN/stagedoor-bank is missing: run make first."
}

check_state() {
	if [ -d "$STATE" ] && [ ! -e "$MARK" ] && [ -n "$(ls -A "$STATE")" ]; then
		fail "$STATE is not empty and not a state directory of this stack; choose another with STATE=…"
	fi
	mkdir -p "$STATE" 2>/dev/null && [ -w "$STATE" ] || fail "$STATE cannot be written; choose another directory with STATE=…"
}

check_disk() {
	local free
	free=$(df --output=avail -k "$STATE" | tail -n 1)
	[ "$free" -ge "$NEEDED_KIB" ] || fail "only $((free / 1024)) MiB are free on the disk of $STATE; the stack needs $((NEEDED_KIB / 1024))."
}

# inode of the socket that listens on the port, on loopback or on all addresses
listener_inode() {
	local hex
	hex=$(printf '%04X' "$1")
	awk -v port="$hex" '
		$4 == "0A" {
			split($2, at, ":")
			if (at[2] == port && (at[1] ~ /^0+$/ || at[1] ~ /0100007F$/)) { print $10; exit }
		}
	' /proc/net/tcp /proc/net/tcp6 2>/dev/null
}

owner_of_inode() {
	local link
	link=$(find /proc/[0-9]*/fd -lname "socket:\[$1\]" -print -quit 2>/dev/null || true)
	link=${link#/proc/}
	if [ -n "$link" ]; then
		echo "$(cat "/proc/${link%%/*}/comm") (pid ${link%%/*})"
	else
		echo "a program of another user"
	fi
}

check_ports() {
	local offset inode
	for offset in 0 1 2 3 4; do
		inode=$(listener_inode $((PORT + offset)))
		[ -z "$inode" ] || fail "port $((PORT + offset)) is taken by $(owner_of_inode "$inode"); choose other ports with PORT=… ($PORT to $((PORT + 4)) are used)."
	done
	[ -n "$AMQPS_LISTEN" ] || return 0
	inode=$(listener_inode "${AMQPS_LISTEN##*:}")
	[ -z "$inode" ] || fail "the port of AMQPS_LISTEN=$AMQPS_LISTEN is taken by $(owner_of_inode "$inode"); choose another."
}
