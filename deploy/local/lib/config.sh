# Everything below $STATE/etc is written anew at each start.

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

config_amqp() {
	cat <<-END
		STAGEDOOR_AMQP_HOST=127.0.0.1
		STAGEDOOR_AMQP_PORT=$1
		STAGEDOOR_AMQP_VHOST=stagedoor
	END
}

config_amqp_user() {
	config_amqp "$AMQP_VIA"
	cat <<-END
		STAGEDOOR_AMQP_USER=stagedoor_$1
		STAGEDOOR_AMQP_PASSWORD_FILE=$SECRETS/amqp-$1
	END
}

# what tests move, of each service, and break; only programs that were built with failpoints know the second
config_tests() {
	[ -z "$CLOCK_FILE" ] || echo "STAGEDOOR_CLOCK_FILE=$CLOCK_FILE.$1"
	[ -z "$FAILPOINT_FILE" ] || echo "STAGEDOOR_FAILPOINT_FILE=$FAILPOINT_FILE"
}

config_web_service() {
	cat <<-END
		STAGEDOOR_SERVICE=$1
		STAGEDOOR_SOCKET=$WEB/$1.sock
		STAGEDOOR_WAKE=$SOCK/$1.wake
		STAGEDOOR_PROCESSES=$POOL_PROCESSES
		STAGEDOOR_THREADS=$POOL_THREADS
		STAGEDOOR_DB_SOCKET=$DATABASE_VIA
		STAGEDOOR_DB_NAME=stagedoor_$1
		STAGEDOOR_DB_USER=stagedoor_$1
		STAGEDOOR_DB_PASSWORD_FILE=$SECRETS/db-$1
		STAGEDOOR_KEYS_DIR=$ETC/keys
		STAGEDOOR_CSRF_KEY_FILE=$SECRETS/csrf.key
		STAGEDOOR_SITE_URL=$(site_url)
		STAGEDOOR_HOLD_SECONDS=$HOLD_SECONDS
		STAGEDOOR_HOLD_BUDGET=$HOLD_BUDGET
		STAGEDOOR_CURRENCY=$CURRENCY
		STAGEDOOR_LIMITS=$LIMITS
	END
	config_amqp_user "$1"
	config_tests "$1"
}

config_services() {
	local service
	for service in "${SERVICES[@]}"; do
		config_web_service "$service" >"$ETC/$service.env"
	done
	echo "STAGEDOOR_SIGNING_DIR=$SECRETS/signing" >>"$ETC/auth.env"
	cat >>"$ETC/payments.env" <<-END
		STAGEDOOR_STRIPE_API_BASE=$STRIPE_API_BASE
		STAGEDOOR_STRIPE_SECRET_KEY_FILE=$SECRETS/stripe-key
		STAGEDOOR_STRIPE_WEBHOOK_SECRET_FILE=$SECRETS/stripe-webhook
		STAGEDOOR_STRIPE_SANDBOX=$SANDBOX
	END
	{
		echo "STAGEDOOR_SERVICE=expiration"
		config_amqp_user expiration
		echo "STAGEDOOR_HOLD_SECONDS=$HOLD_SECONDS"
		config_tests expiration
	} >"$ETC/expiration.env"
	cat >"$ETC/bank.env" <<-END
		BANK_PORT=$((PORT + 4))
		BANK_STATE=$STATE/bank
		BANK_SECRET_KEY_FILE=$SECRETS/stripe-key
		BANK_WEBHOOK_SECRET_FILE=$SECRETS/stripe-webhook
		BANK_WEBHOOK_URL=$(site_url)/api/payments/webhook
	END
}

# the operator's command, stagedoor
config_command() {
	cat >"$ETC/stagedoor.env" <<-END
		STAGEDOOR_STATE=$STATE
		STAGEDOOR_DB_SOCKET=$SOCK/db.sock
		STAGEDOOR_DB_USER=stagedoor_migrate
		STAGEDOOR_DB_PASSWORD_FILE=$SECRETS/db-migrate
		STAGEDOOR_SQL_DIR=$SQL_DIR
		STAGEDOOR_SECRETS_DIR=$SECRETS
		STAGEDOOR_HOLD_SECONDS=$HOLD_SECONDS
		STAGEDOOR_RABBITMQCTL=$ETC/rabbitmqctl
		STAGEDOOR_DEFINITIONS=$ETC/definitions.json
		STAGEDOOR_DELIVERY_LIMIT=$DELIVERY_LIMIT
		STAGEDOOR_HISTORY_DAYS=$HISTORY_DAYS
		STAGEDOOR_HISTORY_MIB=$HISTORY_MIB
		STAGEDOOR_INTEGRATOR_EVENTS=$INTEGRATOR_EVENTS
		STAGEDOOR_INTEGRATOR_MIB=$INTEGRATOR_MIB
		STAGEDOOR_INTEGRATOR_DAYS=$INTEGRATOR_DAYS
		$(config_amqp $((PORT + 1)))
	END
}

command_run() {
	local lines
	mapfile -t lines <"$ETC/stagedoor.env"
	env -i PATH="$PATH" "${lines[@]}" "$BIN/stagedoor" "$@"
}

# Statements of the private server, which is a MariaDB: of another (DATABASE_VIA) docs/OPERATIONS.md says what it needs.
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

# for integrators elsewhere; integrators have passwords, no certificates
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
	# without epmd it would start one, which would stay behind and hold the port of the next start
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
