# Settings come from the environment; those of the last start are stored in $STATE/etc/stack.env, so that stop, status
# and logs need only STATE. The programs' settings and their defaults are those of common/base/settings.def: the stack
# sets some of them and passes the others on by the same name.

# stored in stack.env besides those that are passed on
SETTINGS=(PORT DEMO CACHE STRIPE_API_BASE CLOCK_FILE POOL_PROCESSES POOL_THREADS BIN SANDBOX DATABASE_VIA AMQP_VIA
	AMQPS_LISTEN AMQPS_CERT AMQPS_KEY)

DEFAULT_PORT=8080 DEFAULT_BIN=build/bin

# Settings that the stack sets for the programs of $service; an empty one is not written. READY_FD is in the run script.
declare -A DECIDED=(
	[SERVICE]='$service'
	[READY_FD]=''
	[CLOCK_FILE]='${CLOCK_FILE:+$CLOCK_FILE.$service}'
	[SOCKET]='$WEB/$service.sock'
	[PROCESSES]='$POOL_PROCESSES'
	[THREADS]='$POOL_THREADS'
	[SITE_URL]='$(site_url)'
	[KEYS_DIR]='$ETC/keys'
	[CSRF_KEY_FILE]='$SECRETS/csrf.key'
	[SIGNING_DIR]='$SECRETS/signing'
	[WAKE]='$SOCK/$service.wake'
	[DB_SOCKET]='$DATABASE_VIA'
	[DB_NAME]='stagedoor_$service'
	[DB_USER]='stagedoor_$service'
	[DB_PASSWORD_FILE]='$SECRETS/db-$service'
	[AMQP_HOST]='${DEFAULT[AMQP_HOST]}'
	[AMQP_PORT]='$AMQP_VIA'
	[AMQP_VHOST]='${DEFAULT[AMQP_VHOST]}'
	[AMQP_USER]='stagedoor_$service'
	[AMQP_PASSWORD_FILE]='$SECRETS/amqp-$service'
	[STRIPE_API_BASE]='$STRIPE_API_BASE'
	[STRIPE_SECRET_KEY_FILE]='$SECRETS/stripe-key'
	[STRIPE_WEBHOOK_SECRET_FILE]='$SECRETS/stripe-webhook'
	[STRIPE_SANDBOX]='$SANDBOX'
	[STATE]='$STATE'
	[SECRETS_DIR]='$SECRETS'
	[RABBITMQCTL]='$ETC/rabbitmqctl'
	[DEFINITIONS]='$ETC/definitions.json'
)

# by name; PASSED are those that the stack does not set
declare -A GROUP DEFAULT
PROGRAM_SETTINGS=() PASSED=()
while read -r group name default; do
	GROUP[$name]=$group DEFAULT[$name]=$default
	PROGRAM_SETTINGS+=("$name")
	[ -n "${DECIDED[$name]+decided}" ] || PASSED+=("$name")
done < <(sed -nE 's/^SETTING\((\w+), \w+, \w+, "(\w+)", (NULL|"(.*)")\)$/\1 \2 \4/p' "$REPO/common/base/settings.def")

BUDGET_MAX=$(sed -nE 's/^enum \{ BUDGET_MAX = ([0-9]+) \};$/\1/p' "$REPO/apps/orders/place.h")

mapfile -t SERVICES < <("$REPO/deploy/services")
mapfile -t WITH_DATABASE < <("$REPO/deploy/services" database)
mapfile -t WITH_WEB < <("$REPO/deploy/services" web)
mapfile -t WITH_EVENTS < <("$REPO/deploy/services" events)

fail() {
	echo "stack: $*" >&2
	exit 1
}

# has SERVICE NAME…: is the service one of them?
has() {
	local name service=$1
	shift
	for name in "$@"; do
		[ "$name" != "$service" ] || return 0
	done
	return 1
}

absolute() {
	case $1 in
	/*) realpath -ms "$1" ;;
	*) realpath -ms "$REPO/$1" ;;
	esac
}

settings_paths() {
	STATE=$(absolute "${STATE:-run}")
	ETC=$STATE/etc
	SECRETS=$STATE/secrets
	SOCK=$STATE/sock
	WEB=$STATE/web
	LOG=$STATE/log
	SCAN=$STATE/s6
	MARK=$STATE/.stagedoor-state
	local service longest=
	for service in "${SERVICES[@]}"; do
		[ "${#service}" -le "${#longest}" ] || longest=$service
	done
	longest=$SOCK/$longest.sock
	[[ $STATE$REPO =~ ^[A-Za-z0-9/._+-]+$ ]] ||
		fail "the paths of the checkout and of STATE may hold letters, digits and . _ + - only: $REPO, $STATE"
	[ "${#longest}" -lt 107 ] || fail "the path STATE is too long for Unix sockets ($longest has ${#longest} characters, 106 is the most)."
}

settings_read() {
	local name
	settings_paths
	: "${PORT:=$DEFAULT_PORT}" "${DEMO:=1}" "${CACHE:=on}" "${BIN:=$DEFAULT_BIN}" "${CLOCK_FILE:=}"
	: "${POOL_PROCESSES:=${DEFAULT[PROCESSES]}}" "${POOL_THREADS:=${DEFAULT[THREADS]}}"
	for name in "${PASSED[@]}"; do
		[ -n "${!name:-}" ] || printf -v "$name" %s "${DEFAULT[$name]}"
	done
	: "${AMQPS_LISTEN:=}" "${AMQPS_CERT:=}" "${AMQPS_KEY:=}"
	: "${STRIPE_SECRET_KEY:=}" "${STRIPE_WEBHOOK_SECRET:=}" "${STRIPE_API_BASE:=}"
	BIN=$(absolute "$BIN")
	SQL_DIR=$(absolute "$SQL_DIR")
	[ -z "$CLOCK_FILE" ] || CLOCK_FILE=$(absolute "$CLOCK_FILE")
	[ -z "$FAILPOINT_FILE" ] || FAILPOINT_FILE=$(absolute "$FAILPOINT_FILE")
	settings_check
	settings_ways
	settings_bank
	settings_outside
}

in_range() {
	[[ $2 =~ ^[0-9]{1,6}$ ]] && [ "$2" -ge "$3" ] && [ "$2" -le "$4" ] || fail "$1=$2 must be a number from $3 to $4."
}

settings_check() {
	in_range PORT "$PORT" 1024 65530
	in_range HOLD_SECONDS "$HOLD_SECONDS" 1 86400
	in_range HOLD_BUDGET "$HOLD_BUDGET" 1 "$BUDGET_MAX"
	in_range DELIVERY_LIMIT "$DELIVERY_LIMIT" 1 1000
	in_range HISTORY_DAYS "$HISTORY_DAYS" 1 3650
	in_range HISTORY_MIB "$HISTORY_MIB" 32 999999
	in_range INTEGRATOR_EVENTS "$INTEGRATOR_EVENTS" 1 999999
	in_range INTEGRATOR_MIB "$INTEGRATOR_MIB" 1 999999
	in_range INTEGRATOR_DAYS "$INTEGRATOR_DAYS" 1 40
	in_range POOL_PROCESSES "$POOL_PROCESSES" 1 64
	in_range POOL_THREADS "$POOL_THREADS" 1 64
	[[ $LIMITS =~ ^(on|off)$ ]] || fail "LIMITS=$LIMITS must be on or off."
	[[ $CACHE =~ ^(on|off)$ ]] || fail "CACHE=$CACHE must be on or off."
	[[ $DEMO =~ ^[01]$ ]] || fail "DEMO=$DEMO must be 0 or 1."
	[[ $CURRENCY =~ ^[A-Z]{3}$ ]] || fail "CURRENCY=$CURRENCY must be three capital letters."
}

# the addresses to which programs connect: a test may put a proxy in front of the database or the broker
settings_ways() {
	: "${DATABASE_VIA:=$SOCK/db.sock}" "${AMQP_VIA:=$((PORT + 1))}"
	in_range AMQP_VIA "$AMQP_VIA" 1024 65535
}

settings_bank() {
	SANDBOX=yes
	BANK_ORIGIN=http://127.0.0.1:$((PORT + 4))
	if [ -n "$STRIPE_SECRET_KEY" ]; then
		[ -n "$STRIPE_WEBHOOK_SECRET" ] || fail "STRIPE_SECRET_KEY is set, so STRIPE_WEBHOOK_SECRET must be too."
		SANDBOX=no
		BANK_ORIGIN=https://checkout.stripe.com
		: "${STRIPE_API_BASE:=${DEFAULT[STRIPE_API_BASE]}}"
	fi
	: "${STRIPE_API_BASE:=$BANK_ORIGIN}"
	[[ $STRIPE_API_BASE =~ ^https?://[A-Za-z0-9.:/_-]+$ ]] || fail "STRIPE_API_BASE=$STRIPE_API_BASE is not an http address."
}

# the broker's listener for integrators on other machines
settings_outside() {
	[ -n "$AMQPS_LISTEN$AMQPS_CERT$AMQPS_KEY" ] || return 0
	[ -n "$AMQPS_LISTEN" ] && [ -n "$AMQPS_CERT" ] && [ -n "$AMQPS_KEY" ] ||
		fail "AMQPS_LISTEN, AMQPS_CERT and AMQPS_KEY belong together: set all three or none."
	[[ $AMQPS_LISTEN =~ ^[0-9a-fA-F.:]+:[0-9]{1,5}$ ]] ||
		fail "AMQPS_LISTEN=$AMQPS_LISTEN must be an address and a port, such as 192.0.2.7:5671."
	AMQPS_CERT=$(absolute "$AMQPS_CERT") AMQPS_KEY=$(absolute "$AMQPS_KEY")
	[ -r "$AMQPS_CERT" ] || fail "AMQPS_CERT=$AMQPS_CERT cannot be read."
	[ -r "$AMQPS_KEY" ] || fail "AMQPS_KEY=$AMQPS_KEY cannot be read."
}

settings_save() {
	local name
	for name in "${SETTINGS[@]}" "${PASSED[@]}"; do
		printf '%s=%q\n' "$name" "${!name}"
	done >"$ETC/stack.env"
}

settings_recall() {
	settings_paths
	[ -e "$MARK" ] || fail "there is no stack in $STATE."
	PORT=$DEFAULT_PORT SANDBOX=yes BIN=$REPO/$DEFAULT_BIN SQL_DIR=$REPO/${DEFAULT[SQL_DIR]}
	if [ -r "$ETC/stack.env" ]; then
		# shellcheck source=/dev/null
		. "$ETC/stack.env"
	fi
}

# reads the settings of the last start again, to start once more
settings_again() {
	settings_recall
	STRIPE_SECRET_KEY= STRIPE_WEBHOOK_SECRET=
	if [ "$SANDBOX" = no ]; then
		STRIPE_SECRET_KEY=$(cat "$SECRETS/stripe-key")
		STRIPE_WEBHOOK_SECRET=$(cat "$SECRETS/stripe-webhook")
	fi
	settings_read
}

site_url() {
	echo "http://127.0.0.1:$PORT"
}
