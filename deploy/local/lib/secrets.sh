# Secrets are created once, at the first start, in files that only the owner can read.

secret_write() {
	local new=$SECRETS/.new
	(umask 377 && cat >"$new")
	mv -f "$new" "$SECRETS/$1"
}

secret_once() {
	[ -s "$SECRETS/$1" ] || openssl rand -hex "$2" | tr -d '\n' | secret_write "$1"
}

secrets_make() {
	local name
	mkdir -p "$SECRETS/signing" "$SECRETS/integrators" "$ETC/keys"
	chmod 700 "$SECRETS" "$SECRETS/signing" "$SECRETS/integrators"
	for name in "${WITH_DATABASE[@]}" migrate root; do secret_once "db-$name" 16; done
	for name in "${SERVICES[@]}" operator; do secret_once "amqp-$name" 16; done
	secret_once csrf.key 32
	secret_once erlang-cookie 16
	secrets_bank
	signing_key_make
}

# A change from Stripe to the sandbox also removes Stripe's key
secrets_bank() {
	if [ "$SANDBOX" = no ]; then
		printf %s "$STRIPE_SECRET_KEY" | secret_write stripe-key
		printf %s "$STRIPE_WEBHOOK_SECRET" | secret_write stripe-webhook
		return
	fi
	[ "$(cut -c1-16 "$SECRETS/stripe-key" 2>/dev/null)" = sk_test_sandbox_ ] && return
	printf 'sk_test_sandbox_%s' "$(openssl rand -hex 16)" | secret_write stripe-key
	printf 'whsec_%s' "$(openssl rand -hex 16)" | secret_write stripe-webhook
}

signing_key_make() {
	local kid private
	for private in "$SECRETS"/signing/*.pem; do
		[ ! -e "$private" ] || return 0
	done
	kid=$(openssl rand -hex 4)
	openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 2>/dev/null | secret_write signing.pem
	openssl pkey -in "$SECRETS/signing.pem" -pubout -out "$ETC/keys/$kid.pem"
	mv "$SECRETS/signing.pem" "$SECRETS/signing/$kid.pem"
}
