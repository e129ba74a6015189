# Sales by the API, for scripts: the cookies of users are $STATE/seller and $STATE/buyer.

# api WHO PATH [JSON]
api() {
	curl -sS --max-time 20 -b "$1" -c "$1" -H 'Content-Type: application/json' ${3:+-d "$3"} "http://127.0.0.1:18100$2"
}

# sign_up WHO: does nothing the second time
sign_up() {
	[ -s "$STATE/$1" ] || api "$STATE/$1" /api/users/signup "{\"email\":\"$1@example.com\",\"password\":\"correct horse battery\"}" >/dev/null
}

# ticket_list TITLE NAME: writes its id to $STATE/NAME.ticket
ticket_list() {
	sign_up seller
	api "$STATE/seller" /api/tickets "{\"title\":\"$1\",\"price\":\"38.00\",\"category\":\"concert\"}" | jq -er .id >"$STATE/$2.ticket"
}

# sale_of TICKET NAME: writes the order's id to $STATE/NAME.order. Orders and payments get the replicas of a ticket and an
# order a moment later.
sale_of() {
	sign_up buyer
	again '.id' "$STATE/$2.order" /api/orders "{\"ticketId\":\"$1\"}"
	again '.id' "$STATE/$2.charge" /api/payments "{\"orderId\":\"$(cat "$STATE/$2.order")\",\"token\":\"tok_visa\"}"
	again 'select(.status == "completed").id' "$STATE/$2.order" "/api/orders/$(cat "$STATE/$2.order")"
}

# again FILTER FILE PATH [JSON]: repeats the request until the filter finds its value in the answer
again() {
	local answer
	for _ in {1..150}; do
		answer=$(api "$STATE/buyer" "$3" "${4:-}")
		jq -er "$1" <<<"$answer" >"$2.new" 2>/dev/null && mv "$2.new" "$2" && return
		sleep 0.2
	done
	echo "timed out at $3: $answer"
	return 1
}

sale_complete() {
	ticket_list "$1" "$2"
	sale_of "$(cat "$STATE/$2.ticket")" "$2"
}
