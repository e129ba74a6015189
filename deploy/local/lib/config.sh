# Everything below $STATE/etc is written at each start.

config_begin() {
	rm -rf "$ETC/nginx"
	mkdir -p "$ETC/nginx" "$SOCK" "$LOG" "$STATE/broker" "$STATE/bank" "$STATE/db-tmp"
	chmod 700 "$SOCK"
	rm -f "$SOCK"/*
	nginx_places
	settings_save
	config_command
}

config_rest() {
	config_services
	config_database
	config_nginx
}

# config_program SERVICE GROUP…: the environment of its programs, of these groups of settings
config_program() {
	local service=$1 groups=" ${*:2} " name value
	for name in "${PROGRAM_SETTINGS[@]}"; do
		[[ $groups = *" ${GROUP[$name]} "* ]] || continue
		if [ -n "${DECIDED[$name]+decided}" ]; then eval "value=\"${DECIDED[$name]}\""; else value=${!name}; fi
		[ -z "$value" ] || echo "STAGEDOOR_$name=$value"
	done
}

config_services() {
	local service groups
	for service in "${SERVICES[@]}"; do
		groups=(CORE BUS_PLACE BUS EVENTS HOLD)
		! has "$service" "${WITH_DATABASE[@]}" || groups+=(DB DB_LOGIN)
		! has "$service" "${WITH_WEB[@]}" || groups+=(WEB)
		case $service in
		auth) groups+=(SIGNING) ;;
		payments) groups+=(PROVIDER) ;;
		esac
		config_program "$service" "${groups[@]}" >"$ETC/$service.env"
	done
	cat >"$ETC/bank.env" <<-END
		BANK_PORT=$((PORT + 4))
		BANK_STATE=$STATE/bank
		BANK_SECRET_KEY_FILE=$SECRETS/stripe-key
		BANK_WEBHOOK_SECRET_FILE=$SECRETS/stripe-webhook
		BANK_WEBHOOK_URL=$(site_url)/api/payments/webhook
	END
}

# The operator's command, stagedoor, connects to the database and the broker directly, never through a test's proxy.
config_command() {
	DATABASE_VIA=$SOCK/db.sock AMQP_VIA=$((PORT + 1)) config_program migrate OPERATOR DB_LOGIN BUS_PLACE HOLD >"$ETC/stagedoor.env"
}

command_run() {
	local lines
	mapfile -t lines <"$ETC/stagedoor.env"
	env -i PATH="$PATH" "${lines[@]}" "$BIN/stagedoor" "$@"
}

# Statements for the private server, a MariaDB; docs/OPERATIONS.md has the requirements for another server
# (DATABASE_VIA).
# The names of databases are patterns in a GRANT, hence the backslash
database_users() {
	local service
	echo "ALTER USER root@localhost IDENTIFIED BY '$(cat "$SECRETS/db-root")';"
	echo "/*M! DELETE FROM mysql.global_priv WHERE User = 'root' AND Host <> 'localhost' */;"
	echo "DELETE FROM mysql.proxies_priv;"
	echo "FLUSH PRIVILEGES;"
	echo "CREATE USER IF NOT EXISTS stagedoor_migrate@localhost IDENTIFIED BY '$(cat "$SECRETS/db-migrate")';"
	for service in "${WITH_DATABASE[@]}"; do
		cat <<-END
			CREATE DATABASE IF NOT EXISTS stagedoor_$service CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;
			CREATE USER IF NOT EXISTS stagedoor_$service@localhost IDENTIFIED BY '$(cat "$SECRETS/db-$service")';
			GRANT SELECT, INSERT, UPDATE, DELETE ON \`stagedoor\\_$service\`.* TO stagedoor_$service@localhost;
			GRANT ALL ON \`stagedoor\\_$service\`.* TO stagedoor_migrate@localhost;
		END
	done
}

config_database() {
	database_users | secret_write database-users.sql
	export STATE SOCK SECRETS
	DATABASE_USER=
	[ "$(id -u)" -ne 0 ] || DATABASE_USER="user = root"
	export DATABASE_USER
	envsubst '$STATE $SOCK $SECRETS $DATABASE_USER' <"$LOCAL/conf/my.cnf.in" >"$ETC/my.cnf"
}

# for integrators on other machines, which have passwords and no certificates
config_outside() {
	[ -n "$AMQPS_LISTEN" ] || return 0
	cat <<-END
		listeners.ssl.1 = $AMQPS_LISTEN
		ssl_options.certfile = $AMQPS_CERT
		ssl_options.keyfile = $AMQPS_KEY
		ssl_options.versions.1 = tlsv1.3
		ssl_options.versions.2 = tlsv1.2
		ssl_options.verify = verify_none
		ssl_options.fail_if_no_peer_cert = false
	END
}

config_broker() {
	export STATE ETC AMQP_PORT=$((PORT + 1)) EPMD_PORT=$((PORT + 2)) DIST_PORT=$((PORT + 3))
	envsubst '$ETC $AMQP_PORT' <"$LOCAL/conf/rabbitmq.conf.in" >"$ETC/rabbitmq.conf"
	config_outside >>"$ETC/rabbitmq.conf"
	envsubst '$STATE $ETC $AMQP_PORT $EPMD_PORT $DIST_PORT' <"$LOCAL/conf/broker.env.in" >"$ETC/broker.env"
	cp "$LOCAL/conf/advanced.config" "$ETC/advanced.config"
	echo '[].' >"$ETC/enabled_plugins"
	install -m 400 "$SECRETS/erlang-cookie" "$STATE/broker/.erlang.cookie"
	# without a running epmd, rabbitmqctl would start one, which would stay behind and occupy the port that the
	# next start needs
	cat >"$ETC/rabbitmqctl" <<-END
		#!/bin/sh
		epmd -port $EPMD_PORT -names >/dev/null 2>&1 || { echo "rabbitmqctl: the broker is down" >&2; exit 69; }
		set -a
		. $ETC/broker.env
		exec /usr/lib/rabbitmq/bin/rabbitmqctl "\$@"
	END
	chmod 755 "$ETC/rabbitmqctl"
	(umask 077 && command_run topology definitions >"$ETC/definitions.json.new") ||
		fail "the broker's definitions could not be made ($BIN/stagedoor topology definitions)."
	mv "$ETC/definitions.json.new" "$ETC/definitions.json"
	broker_discard_unsettled
	broker_installed >"$STATE/broker/version"
}
