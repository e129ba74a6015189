// Tests of the checks themselves: pages with one fault each.
import assert from 'node:assert/strict';
import { leave, visitor } from './lib/browser.mjs';
import { check } from './lib/check.mjs';
import { test } from './lib/tests.mjs';

const policy = "default-src 'self'; script-src 'self'";
const right = '<!doctype html><html lang="en"><head><title>Right</title><link rel="stylesheet" href="/static/site.css"></head>'
	+ '<body><main><h1>Right</h1><p>A page.</p></main></body></html>';

const wrong = {
	'status 404': [right, { status: 404 }],
	'content security policy': [right, { policy: `${policy} 'unsafe-inline'` }],
	'bytes in all': [right.replace('A page.', () => `A page.<!-- ${Array.from({ length: 9000 }, () => Math.random()).join()} -->`)],
	'requests to others': [right.replace('<p>', '<p><a href="http://127.0.0.9/x">x</a><img alt="" src="http://127.0.0.9/y.png">')],
	'inline script or style': [right.replace('<p>', '<p style="color: red">')],
	console: [right.replace('</main>', '</main><script>1</script>')],
	'language de': [right.replace('"en"', '"de"')],
	'color-contrast': [right.replace('site.css">', 'site.css"><link rel="stylesheet" href="/static/pale.css">')],
	'scrolls sideways': [right.replace('site.css">', 'site.css"><link rel="stylesheet" href="/static/broad.css">')],
	'layout shift': [right.replace('</main>', '</main><script src="/static/push.js"></script>')],
	'elements move': [right.replace('site.css">', 'site.css"><link rel="stylesheet" href="/static/move.css">')],
	'target-size': [right.replace('<p>', '<ul class="near"><li><a href="/a">a</a></li><li><a href="/b">b</a></li></ul><p>')
		.replace('site.css">', 'site.css"><link rel="stylesheet" href="/static/near.css">')],
	'image-alt': [right.replace('<p>', '<p><img src="/static/icon.svg">')],
	'0 h1': [right.replaceAll('h1', 'h2')],
};
const files = {
	'pale.css': 'p { color: #bbb; background: #fff }',
	'broad.css': 'p { width: 330px }',
	'move.css': 'p { transition: color 1s }',
	'near.css': '.near { font-size: 6px; line-height: 6px; padding: 0; margin: 0 }',
	// changes before the first paint are not layout shifts
	'push.js': `new PerformanceObserver(() => setTimeout(() => document.querySelector('h1')
		.insertAdjacentHTML('beforebegin', '<p class="pushed">one<br>two<br>three<br>four<br>five<br>six</p>'), 50)).observe({ type: 'paint', buffered: true })`,
};

async function faultsOf(body, { status = 200, policy: own = policy } = {}) {
	const page = await visitor();
	await page.route('**/static/*', (route) => {
		const name = new URL(route.request().url()).pathname.split('/').pop();
		return files[name] ? route.fulfill({ contentType: name.endsWith('.js') ? 'text/javascript' : 'text/css', body: files[name] }) : route.continue();
	});
	await page.route('**/wrong', (route) => route.fulfill({
		status, contentType: 'text/html', body, headers: { 'content-security-policy': own },
	}));
	await page.goto('/wrong');
	await page.waitForFunction(() => !document.querySelector('[src$="push.js"]') || document.querySelector('.pushed'));
	await page.evaluate(() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))));
	const faults = await check(page, null).then(() => '', (e) => e.message);
	await leave(page);
	return faults;
}

test('the checks find the faults', async () => {
	assert.equal(await faultsOf(right), '');
	for (const [fault, page] of Object.entries(wrong)) assert.match(await faultsOf(...page), new RegExp(fault), fault);
});
