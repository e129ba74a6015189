// Keeps a copy of Stagedoor's users, tickets, orders and charges in a directory: a JSON file each.
//
// usage: node replica.mjs DIRECTORY [SINCE]
// The first run reads the history, all of it or from SINCE (2026-11-01T00:00:00Z) on; later ones go on where the queue is.
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
const IDLE_MS = 2000, CLOCK_MARGIN_MS = 60000;
const [, , directory, since] = process.argv;
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

// An event carries the whole state as of a version, so what is older, or here already, is nothing new.
async function apply({ type, data }) {
	const kind = type.split(".")[0], path = join(directory, kind, `${data.id}.json`);
	if (existsSync(path) && JSON.parse(await readFile(path, "utf8")).version >= data.version) return;
	await commit(path, JSON.stringify(data));
	const amount = data.price ?? data.amount; // in minor units: 3800 is 38.00 GBP
	const digits = DIGITS[data.currency] ?? 2;
	console.log(kind, data.id, data.version, data.status,
		amount === undefined ? "" : `${(amount / 10 ** digits).toFixed(digits)} ${data.currency}`);
}

// One message after the other, in their order; each is acked after its commit, and what is not acked comes again.
async function consume(channel, queue, options, onEvent) {
	let turn = Promise.resolve();
	await channel.prefetch(50);
	return new Promise((resolve, reject) => {
		channel.on("close", () => reject(new Error("the channel is closed")));
		channel.on("error", reject);
		channel.consume(queue, (message) => {
			if (message === null) return reject(new Error(`${queue} is gone`));
			turn = turn.then(async () => {
				const event = JSON.parse(message.content);
				await apply(event);
				channel.ack(message);
				onEvent?.(event, resolve);
			}).catch(reject);
		}, options).catch(reject);
		onEvent?.(null, resolve);
	});
}

// Up to what the queue has too, since it was bound before.
async function readHistory(channel) {
	const enough = Date.now() + CLOCK_MARGIN_MS;
	const offset = since ? { "!": "timestamp", value: Math.floor(Date.parse(since) / 1000) } : "first";
	let idle;
	await consume(channel, "stagedoor.history", { arguments: { "x-stream-offset": offset } }, (event, done) => {
		clearTimeout(idle);
		if (event !== null && Date.parse(event.time) > enough) return done();
		idle = setTimeout(done, IDLE_MS);
	});
	channel.removeAllListeners();
	await channel.close();
}

async function follow(connection) {
	const queue = `integrator.${INTEGRATOR}.events`, done = join(directory, "history-read");
	const channel = await connection.createChannel();
	for (const [exchange, keys] of Object.entries(KEYS))
		for (const key of keys) await channel.bindQueue(queue, exchange, key);
	if (!existsSync(done)) {
		await readHistory(await connection.createChannel());
		await commit(done, "");
	}
	await consume(channel, queue, {});
}

for (let wait = 1; ; wait = Math.min(2 * wait, 30)) {
	try {
		const connection = await connect();
		connection.on("error", () => {}); // its channels tell
		await follow(connection);
	} catch (problem) {
		console.error(`the broker is away (${problem.message}); next try in ${wait} s`);
	}
	await sleep(1000 * wait);
}
