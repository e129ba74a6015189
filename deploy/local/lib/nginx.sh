# nginx, whose workers never run as root: if root starts them they run as www-data, as in Debian's package; otherwise as
# the user who starts them. Workers reach their files by paths relative to where nginx starts ($SCAN/nginx), so the
# folders above $STATE, such as /root, may be closed to them.

NGINX_WORKERS=www-data

# $STATE/web: the sockets of the pools; $STATE/nginx: the files that workers read (www: copies of the repository's files)
# and write (tmp, cache). New files in these folders get the folder's group.
nginx_places() {
	local place
	rm -rf "$STATE/nginx" "$WEB"
	mkdir -p "$WEB" "$STATE/nginx/www" "$STATE/nginx/tmp" "$STATE/nginx/cache"
	nginx_lets_in 0710 "$STATE"
	nginx_lets_in 2710 "$WEB" "$STATE/nginx" "$STATE/nginx/www" "$STATE/nginx/tmp" "$STATE/nginx/cache"
	cp -r "$REPO/nginx/static" "$REPO/nginx/errors" "$STATE/nginx/www/"
}

# nginx_lets_in MODE FOLDER…: gives nginx's workers access to the folders, and no other user
nginx_lets_in() {
	local mode=$1
	shift
	[ "$(id -u)" -eq 0 ] || return 0
	chgrp "$NGINX_WORKERS" "$@" && chmod "$mode" "$@" || fail "the group $NGINX_WORKERS, which nginx's workers are of, cannot be given $*."
}

config_nginx() {
	local file SERVICE
	NGINX_USER=
	[ "$(id -u)" -ne 0 ] || NGINX_USER="user $NGINX_WORKERS;"
	mkdir -p "$SCAN/nginx"
	nginx_lets_in 0710 "$SCAN" "$SCAN/nginx"
	export NGINX_USER LIMITS CACHE BANK_ORIGIN
	# relative to nginx's prefix, except sockets, which are relative to where nginx starts
	export NGINX_PREFIX=. NGINX_FILES=www SOCKETS=../../web NGINX_CONF=$ETC/nginx
	export LISTEN=127.0.0.1:$PORT ACCESS_LOG=/dev/stdout
	for file in "$REPO"/nginx/*.conf.in; do
		envsubst '$NGINX_USER $NGINX_PREFIX $NGINX_CONF $NGINX_FILES $SOCKETS $LISTEN $ACCESS_LOG $LIMITS $CACHE $BANK_ORIGIN' \
			<"$file" >"$ETC/nginx/$(basename "$file" .in)"
	done
	for SERVICE in "${WITH_WEB[@]}"; do
		export SERVICE
		envsubst '$SERVICE $SOCKETS' <"$REPO/nginx/pool.in"
	done >"$ETC/nginx/pools.conf"
	cp "$REPO/nginx/fastcgi.conf" "$ETC/nginx/fastcgi.conf"
	# through a pipe, since nginx opens /dev/stdout and the terminal may belong to another user
	(cd "$SCAN/nginx" && $(nginx_command) -t -q </dev/null 2>&1 | cat >&2) || fail "nginx refuses its configuration in $ETC/nginx."
}

nginx_command() {
	echo nginx -p ../../nginx -c "$ETC/nginx/nginx.conf" -e stderr
}
