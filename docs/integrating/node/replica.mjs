// Keeps a copy of Stagedoor's users, tickets, orders and charges in a directory: a JSON file each.
//
// usage: node replica.mjs DIRECTORY [SINCE]
// The first connection reads the history, all of it or from SINCE (2026-11-01T00:00:00Z) on; each later one reads what
// came to the history since, then the queue.
// Environment: BROKER_HOST, BROKER_PORT, INTEGRATOR (the name), PASSWORD_FILE; BROKER_CA for TLS: who signed the broker's
// certificate.
import { existsSync } from "node:fs";
import { mkdir, open, readFile, rename } from "node:fs/promises";
import { dirname, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import amqp from "amqplib";

// Patterns such as order.* are refused: each event is bound by its type.
const KEYS = {
	"stagedoor.auth": ["user.created", "user.updated"],
	"stagedoor.tickets": ["ticket.created", "ticket.updated"],
	"stagedoor.orders": ["order.created", "order.updated", "order.cancelled"],
	"stagedoor.payments": ["charge.created", "charge.updated"],
};
const DIGITS = { JPY: 0, KRW: 0, KWD: 3 }; // two for all others
const IDLE_MS = 2000, CLOCK_MARGIN_MS = 60000, OVERLAP_MS = 600000, HOUR_MS = 3600000;
const [, , directory, since = "1970-01-01T00:00:00Z"] = process.argv;
const note = join(directory, "history-read-at");
const { BROKER_HOST = "127.0.0.1", BROKER_PORT = "5672", INTEGRATOR, PASSWORD_FILE, BROKER_CA } = process.env;

async function connect() {
	const options = {
		protocol: BROKER_CA ? "amqps" : "amqp", hostname: BROKER_HOST, port: Number(BROKER_PORT), vhost: "stagedoor",
		username: `integrator.${INTEGRATOR}`, password: (await readFile(PASSWORD_FILE, "utf8")).trim(), heartbeat: 30,
	};
	return amqp.connect(options, BROKER_CA ? { ca: [await readFile(BROKER_CA)] } : {});
}

// When this is done the file is on the disk, the old one or the new one whole.
async function commit(path, text) {
	await mkdir(dirname(path), { recursive: true });
	const file = await open(`${path}.new`, "w");
	await file.writeFile(text);
	await file.sync();
	await file.close();
	await rename(`${path}.new`, path);
}

// What a message says; null, with a line, when that is no event of a resource.
function eventOf(message) {
	try {
		const { type, time, data } = JSON.parse(message.content);
		const event = { kind: type.split(".")[0], time: Date.parse(time), data };
		if (typeof data.id === "string" && Number.isInteger(data.version)) return event;
	} catch {} // the same line
	console.error("skipped, as it is no event:", message.content.toString().slice(0, 100));
	return null;
}

// An event carries the whole state as of a version, so what is older, or here already, is nothing new.
async function store({ kind, data }) {
	const path = join(directory, kind, `${data.id}.json`);
	if (existsSync(path) && JSON.parse(await readFile(path, "utf8")).version >= data.version) return;
	await commit(path, JSON.stringify(data));
	const amount = data.price ?? data.amount; // in minor units: 3800 is 38.00 GBP
	const digits = DIGITS[data.currency] ?? 2;
	console.log(kind, data.id, data.version, data.status,
		amount === undefined ? "" : `${(amount / 10 ** digits).toFixed(digits)} ${data.currency}`);
}

// One message after the other, in their order; each is acked after its commit, and what is not acked comes again.
// Ends when isEnough says so of an event's time, or when nothing comes for idleMs.
async function consume(channel, queue, options, isEnough, idleMs) {
	let turn = Promise.resolve(), waiting = 0, over = false, idle;
	await channel.prefetch(50);
	return new Promise((resolve, reject) => {
		const end = () => { over = true; resolve(); };
		const fail = (problem) => { over = true; clearTimeout(idle); reject(problem); };
		const rest = () => { if (waiting === 0 && !over && idleMs) idle = setTimeout(end, idleMs); };
		channel.on("close", () => fail(new Error("the channel is closed")));
		channel.on("error", fail);
		channel.consume(queue, (message) => {
			if (message === null) return fail(new Error(`${queue} is gone`));
			clearTimeout(idle);
			waiting++;
			turn = turn.then(async () => {
				if (over) return;
				const event = eventOf(message);
				if (event !== null) await store(event);
				channel.ack(message);
				if (event !== null && await isEnough(event.time)) end();
				waiting--;
				rest();
			}).catch(fail);
		}, options).then(rest).catch(fail);
	});
}

// The note says when the latest complete reading began. What came to the history before that is stored.
async function historyStart() {
	return existsSync(note) ? 1000 * Number(await readFile(note, "utf8")) - OVERLAP_MS : Date.parse(since);
}

const commitNote = (time) => commit(note, `${Math.floor(time / 1000)}`);

// Up to what the queue has too, since it was bound before. Returns when the reading began.
async function readHistory(channel) {
	const began = Date.now();
	const start = { "!": "timestamp", value: Math.max(0, Math.floor(await historyStart() / 1000)) };
	await consume(channel, "stagedoor.history", { arguments: { "x-stream-offset": start } },
		(time) => time > began + CLOCK_MARGIN_MS, IDLE_MS);
	channel.removeAllListeners();
	await channel.close();
	return began;
}

async function follow(connection) {
	const queue = `integrator.${INTEGRATOR}.events`;
	const channel = await connection.createChannel();
	channel.on("error", () => {}); // what is awaited tells
	for (const [exchange, keys] of Object.entries(KEYS))
		for (const key of keys) await channel.bindQueue(queue, exchange, key);
	let noted = await readHistory(await connection.createChannel());
	await commitNote(noted);
	await consume(channel, queue, {}, async (time) => {
		if (time <= noted + HOUR_MS) return;
		noted = time; // the queue has given all that was published before this event
		await commitNote(noted);
	});
}

for (let wait = 1; ; wait = Math.min(2 * wait, 30)) {
	try {
		const connection = await connect();
		wait = 1;
		connection.on("error", () => {}); // its channels tell
		await follow(connection).finally(() => connection.close().catch(() => {}));
	} catch (problem) {
		console.error(`the broker is away (${problem.message}); next try in ${wait} s`);
	}
	await sleep(1000 * wait);
}
