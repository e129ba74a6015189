// Pages that arrive in chunks, as over a slow connection: the layout must not shift.
import assert from 'node:assert/strict';
import { createServer, request } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { leave, narrow, visitor } from './lib/browser.mjs';
import { limits } from './lib/check.mjs';
import { arrive } from './lib/people.mjs';
import { site } from './lib/stack.mjs';
import { test } from './lib/tests.mjs';

const chunk = 150;
// longer than a browser delays its painting
const pause = (at) => (at < 3000 ? 150 : 10);

// A proxy in front of the site that sends pages in chunks.
async function slowProxy() {
	const server = createServer((asked, answer) => {
		const headers = { ...asked.headers, host: new URL(site).host, 'accept-encoding': 'identity' };
		request(site + asked.url, { method: asked.method, headers }, async (given) => {
			const { 'content-length': length, 'transfer-encoding': coding, connection, ...rest } = given.headers;
			answer.writeHead(given.statusCode, rest);
			const body = Buffer.concat(await given.toArray());
			const size = given.headers['content-type']?.startsWith('text/html') ? chunk : body.length;
			for (let at = 0; at < body.length; at += size) {
				answer.write(body.subarray(at, at + size));
				if (size < body.length) await sleep(pause(at));
			}
			answer.end();
		}).end();
	});
	await new Promise((done) => server.listen(0, '127.0.0.1', done));
	return { address: `http://127.0.0.1:${server.address().port}`, end: () => server.close() };
}

// Runs in the page.
function movements() {
	const observer = new PerformanceObserver(() => {});
	observer.observe({ type: 'layout-shift', buffered: true });
	const entries = observer.takeRecords();
	const node = (s) => (s.node?.outerHTML ?? s.node?.textContent ?? '').slice(0, 80);
	return { sum: entries.reduce((n, e) => n + e.value, 0), moved: entries.flatMap((e) => e.sources.map(node)) };
}

test('pages that arrive in chunks', async () => {
	const proxy = await slowProxy();
	for (const way of [{}, narrow]) {
		const page = await visitor(way);
		await arrive(page, 'Ioana');
		await page.goto('/');
		const listing = await page.locator('main a[href^="/tickets/"]:not([href="/tickets/new"])').first().getAttribute('href');
		for (const path of ['/', '/?from=yesterday', '/?category=concert&sort=price', listing, '/orders', '/account']) {
			await page.goto(proxy.address + path);
			const { sum, moved } = await page.evaluate(movements);
			assert.ok(sum < limits.shift && !moved.some((m) => m.startsWith('<nav')), `${path} at ${page.settings.viewport.width} px: layout shift ${sum}: ${moved.join(' | ')}`);
		}
		await leave(page);
	}
	proxy.end();
});
