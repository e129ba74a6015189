// Lists and runs the tests. Tests have their own visitors and tickets and run in parallel; tests that move the clock or stop a part run
// alone, after the others.
import { describe, it } from 'node:test';

const SIDE_BY_SIDE = 3;
const together = [];
const alone = [];
// limited here, since Node 18 has no such option within a suite
const wanted = new RegExp(process.env.ONLY ?? '');
// The same steps again in German at 320 px, or by the keyboard, are in every run; these run with FULL=on, or by their name (ONLY).
const again = new Set([
	'the sale by keyboard, at 400 %',
	'finding',
	'a countdown with few announcements',
	'selling',
	'a listing that changed while it was edited',
	'name, time zone and page size',
]);
const isDue = (name) => process.env.FULL || process.env.ONLY || !again.has(name);
const into = (list) => (name, body) => {
	if (wanted.test(name) && isDue(name)) list.push([name, body]);
};

export const test = into(together);
export const testAlone = into(alone);

export function run() {
	const all = (list) => () => {
		for (const [name, body] of list) it(name, body);
	};
	if (together.length > 0) describe('side by side', { concurrency: SIDE_BY_SIDE }, all(together));
	if (alone.length > 0) describe('alone', all(alone));
}
