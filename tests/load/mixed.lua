-- Requests of every kind, for wrk: reads, pages in both languages, edits, orders and their ends, forms, and refused
-- requests.
-- MIXED names a file of settings (tests/load/leak writes it); MIXED_COUNT is how many requests all threads make together.
local settings = dofile(os.getenv("MIXED"))
local all = {}

function setup(thread)
	thread:set("number", #all)
	table.insert(all, thread)
end

local function pick(list)
	return list[math.random(#list)]
end

local function with(more)
	local headers = {["Accept-Language"] = pick(settings.languages)}
	for name, value in pairs(more or {}) do headers[name] = value end
	return headers
end

local json, form = "application/json", "application/x-www-form-urlencoded"
local order -- the order that this thread's buyer holds

local function get(path, cookie)
	return wrk.format("GET", path, with({Cookie = cookie}))
end

local function send(method, path, kind, body, cookie, more)
	local headers = with(more)
	headers["Content-Type"], headers["Cookie"] = kind, cookie
	return wrk.format(method, path, headers, body)
end

local function ticket()
	return pick(settings.tickets)
end

local function order_or_release()
	local buyer = settings.buyers[number % #settings.buyers + 1]
	if order then
		local path = "/api/orders/" .. order
		order = nil
		return send("DELETE", path, nil, nil, buyer)
	end
	return send("POST", "/api/orders", json, '{"ticketId":"' .. settings.held[number % #settings.held + 1] .. '"}', buyer)
end

local function edit()
	return send("PUT", "/api/tickets/" .. ticket(), json,
		'{"title":"Mixed ' .. math.random(1000) .. '","price":' .. math.random(100) .. ',"venue":"Hall"}', settings.seller)
end

-- the share in thousandths, and the request
local sorts = {
	{200, function() return get("/api/tickets?sort=" .. pick({"price", "-price", "startsAt"})) end},
	{150, function() return get("/") end},
	{80, function() return get("/?category=concert&minPrice=1&maxPrice=80", settings.seller) end},
	{120, function() return get("/tickets/" .. ticket()) end},
	{80, function() return get("/api/tickets/" .. ticket()) end},
	{30, function() return get("/selling", settings.seller) end},
	{30, function() return get("/orders", settings.buyers[1]) end},
	{30, function() return get("/api/orders", settings.buyers[1]) end},
	{30, function() return get("/account", settings.seller) end},
	{30, function() return get("/signin?next=/orders") end},
	{20, function() return get("/nothing/here") end},
	{20, function() return get("/api/tickets/00000000-0000-7000-8000-000000000000") end},
	{20, function() return get("/api/tickets?from=never") end},
	{20, function() return send("POST", "/api/tickets", json, '{"title":"","price":-1,"more":[[[{}]]]}', settings.seller) end},
	{20, function() return send("POST", "/api/tickets", json, '{"title":', settings.seller) end},
	{10, function() return send("POST", "/api/payments/webhook", json, '{"id":"evt_1"}', nil, {["Stripe-Signature"] = "t=1,v1=0"}) end},
	{20, function() return send("POST", "/tickets/new", form, "title=&price=x&_csrf=" .. settings.csrf, settings.seller) end},
	{10, function() return send("POST", "/tickets/new", form, "title=Kept&price=5&_csrf=" .. settings.csrf, nil) end},
	{10, function() return send("POST", "/tickets/new", form, "title=x&price=5&_csrf=0123456789abcdef.x", settings.seller) end},
	{10, function() return get("/orders", settings.seller .. "x") end},
	{1, function() return send("POST", "/api/users/signin", json, '{"email":"nobody@example.com","password":"wrong horse"}') end},
	{29, edit},
	{30, order_or_release},
}

local total = 0
for _, sort in ipairs(sorts) do total = total + sort[1] end

function init()
	math.randomseed(number + 1)
	left = math.floor(tonumber(os.getenv("MIXED_COUNT")) / settings.threads)
	failures = 0
end

function request()
	local n = math.random(total)
	for _, sort in ipairs(sorts) do
		n = n - sort[1]
		if n <= 0 then return sort[2]() end
	end
end

function response(status, headers, body)
	left = left - 1
	if left == 0 then io.open(os.getenv("MIXED") .. ".done" .. number, "w"):close() end
	if left <= 0 then wrk.thread:stop() end
	if status == 201 then order = (headers["Location"] or ""):match("/api/orders/([%x-]+)") or order end
	if status >= 500 then failures = failures + 1 end
end

function done(summary)
	local failed = 0
	for _, thread in ipairs(all) do failed = failed + thread:get("failures") end
	io.write(string.format("requests %d, broken connections %d, server errors %d\n", summary.requests,
		summary.errors.connect + summary.errors.read + summary.errors.write + summary.errors.timeout, failed))
end
