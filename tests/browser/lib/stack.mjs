// The stack under test: tests/with-stack passes its place in the environment.
import { closeSync, openSync, writeSync, mkdirSync, readFileSync } from 'node:fs';
import { execFileSync } from 'node:child_process';
import { endianness } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';

function setting(name) {
	if (!process.env[name]) throw new Error(`${name} is not set: run tests/with-stack browser PORT 900 tests/browser/run`);
	return process.env[name];
}

export const site = setting('FLOW_URL');
export const bank = setting('FLOW_BANK');
export const state = setting('FLOW_STATE');
export const hold = Number(setting('FLOW_HOLD'));
export const session = 12 * 3600;

export const pictures = `${state}/pictures`;
mkdirSync(pictures, { recursive: true });

// Moves the clock of every service to so many seconds from now; 0 resets it.
export function clockMove(seconds) {
	const offset = Buffer.alloc(8);
	const micros = BigInt(seconds) * 1000000n;
	if (endianness() === 'LE') offset.writeBigInt64LE(micros);
	else offset.writeBigInt64BE(micros);
	for (const service of execFileSync('../../deploy/services', { encoding: 'utf8' }).trim().split('\n')) {
		const fd = openSync(`${setting('FLOW_CLOCK')}.${service}`, 'r+');
		writeSync(fd, offset, 0, 8, 0);
		closeSync(fd);
	}
}

// Parts of the stack by name ("orders-web"): partStop waits until the part is down, partStart until it is ready.
export function partStop(part) {
	execFileSync('s6-svc', ['-wd', '-T', '10000', '-d', `${state}/s6/${part}`]);
}
export function partStart(part) {
	execFileSync('s6-svc', ['-wU', '-T', '60000', '-u', `${state}/s6/${part}`]);
}

// The accounts of the demo data: [{ email, password }].
export function demoUsers() {
	const lines = readFileSync(`${state}/etc/demo-users.txt`, 'utf8').trim().split('\n');
	return lines.map((line) => line.split(' ')).map(([email, password]) => ({ email, password }));
}

// How often the order was charged on the bank's page, by the bank's ledger.
export async function chargesOf(order) {
	const key = readFileSync(`${state}/secrets/stripe-key`, 'utf8').trim();
	const answer = await fetch(`${bank}/sandbox/book`, { headers: { authorization: `Bearer ${key}` } });
	const { sessions, intents } = await answer.json();
	const ours = Object.values(sessions).filter((s) => s.success_url.includes(order)).map((s) => s.metadata.charge);
	return Object.values(intents).filter((i) => i.status === 'succeeded' && ours.includes(i.metadata.charge)).length;
}

// Polls the condition every 50 ms for at most a minute: a busy machine is slow, which is not a fault.
export async function until(what, condition) {
	const end = Date.now() + 60000;
	for (;;) {
		const value = await condition();
		if (value) return value;
		if (Date.now() > end) throw new Error(`timed out waiting until ${what}`);
		await sleep(50);
	}
}
