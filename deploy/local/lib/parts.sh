# One s6 service directory for each part, all of them down at first; lib/start.sh starts them. Each process that is
# needed to write one delays the start, so there are few.

parts_list() {
	local service
	echo database epmd broker nginx
	[ "$SANDBOX" = no ] || echo bank
	for service in "${SERVICES[@]}"; do
		! has "$service" "${WITH_WEB[@]}" || echo "$service-web"
		! has "$service" "${WITH_EVENTS[@]}" || echo "$service-events"
		! has "$service" "${WITH_DATABASE[@]}" || echo "$service-relay" "$service-jobs"
	done
}

parts_broker() {
	rm -rf "$SCAN"
	mkdir -p "$SCAN/.s6-svscan"
	part_epmd
	part_broker
	parts_executable
}

parts_rest() {
	local part
	part_database
	part_nginx
	part_bank
	for part in $(parts_list); do
		[ -d "$SCAN/$part" ] || part_program "$part"
	done
	parts_executable
}

parts_executable() {
	find "$SCAN" -type f \( -name run -o -name finish -o -name check \) -exec chmod 755 {} +
}

# part_write NAME SECONDS_TO_STOP: the run script is read from stdin; processes that outlive their part are killed
# with it
part_write() {
	local dir=$SCAN/$1
	mkdir -p "$dir/log" "$dir/data" "$LOG/$1"
	: >"$dir/down"
	echo 3 >"$dir/notification-fd"
	echo "$(($2 * 1000))" >"$dir/timeout-kill"
	printf '#!/bin/sh -e\nexec 2>&1\necho $$ >group\n%s\n' "$(</dev/stdin)" >"$dir/run"
	printf '#!/bin/bash\nkill -KILL -- -"$(<group)" 2>/dev/null\nexit 0\n' >"$dir/finish"
	printf '#!/bin/sh -e\nexec s6-log -b n5 s1000000 T %s\n' "$LOG/$1" >"$dir/log/run"
}

# part_check NAME: the exit code of the script on stdin reports whether the part can be used
part_check() {
	printf '#!/bin/bash\n%s\n' "$(</dev/stdin)" >"$SCAN/$1/data/check"
}

port_check() {
	printf 'exec 2>/dev/null 4<>/dev/tcp/127.0.0.1/%s\n' "$1"
}

# one line: the environment has only the variables of the file
with_env_file() {
	cat <<-END
		set --
		while IFS= read -r line; do set -- "\$@" "\$line"; done <$ETC/$1.env
		exec env -i PATH="\$PATH" STAGEDOOR_READY_FD=3 "\$@" $BIN/$2
	END
}

part_database() {
	part_write database 8 <<-END
		exec s6-notifyoncheck -d -n 0 -w 50 mariadbd --defaults-file=$ETC/my.cnf
	END
	part_check database <<-END
		exec mariadb-admin --no-defaults --socket=$SOCK/db.sock --user=nobody --connect-timeout=2 ping >/dev/null 2>&1
	END
}

part_epmd() {
	part_write epmd 2 <<-END
		exec s6-notifyoncheck -d -n 0 -w 50 epmd -address 127.0.0.1 -port $((PORT + 2))
	END
	part_check epmd <<-END
		exec epmd -port $((PORT + 2)) -names >/dev/null 2>&1
	END
}

# A broker without a running epmd starts one, which would stay behind. Once its definitions are imported, a start imports them
# without the bindings of the history, which are durable: RabbitMQ 4.0 cannot bind a stream that is not up yet, and a failed
# import ends the start.
part_broker() {
	part_write broker 6 <<-END
		s6-svwait -U -t 10000 ../epmd
		set -a
		. $ETC/broker.env
		if [ -e $STATE/broker/mnesia/imported ]; then
			umask 077
			RABBITMQ_CONFIG_FILE=$STATE/broker/rabbitmq.conf
			jq 'del(.bindings[] | select(.destination == "stagedoor.history"))' $ETC/definitions.json >$STATE/broker/definitions.json
			sed 's|^load_definitions = .*|load_definitions = $STATE/broker/definitions.json|' $ETC/rabbitmq.conf >$STATE/broker/rabbitmq.conf
		fi
		exec s6-notifyoncheck -d -n 0 -w 100 /usr/lib/rabbitmq/bin/rabbitmq-server
	END
	port_check $((PORT + 1)) | part_check broker
}

part_nginx() {
	part_write nginx 4 <<-END
		exec s6-notifyoncheck -d -n 0 -w 50 $(nginx_command)
	END
	port_check "$PORT" | part_check nginx
}

part_bank() {
	[ "$SANDBOX" = yes ] || return 0
	with_env_file bank stagedoor-bank | part_write bank 3
}

part_program() {
	with_env_file "${1%-*}" "stagedoor-${1%-*} ${1##*-}" | part_write "$1" 5
}
