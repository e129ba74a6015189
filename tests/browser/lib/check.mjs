// What holds for every page in every state.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { bank, pictures, site } from './stack.mjs';

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const all = { type: 'tag', values: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'] };
const rule = (...values) => ({ type: 'rule', values });
const limits = { page: 40 * 1024, script: 4 * 1024, style: 12 * 1024 };
const pictured = new Set();

// Notes what a page asks for and complains of, from its first request on.
export function watch(page, settings) {
	const seen = { answer: null, complaints: [], foreign: [] };
	Object.assign(page, { seen, settings });
	page.on('request', (r) => {
		const origin = new URL(r.url()).origin;
		if (origin !== site && origin !== bank) seen.foreign.push(r.url());
	});
	page.on('response', (r) => {
		const final = r.status() < 300 || r.status() >= 400;
		if (final && r.request().isNavigationRequest() && r.frame() === page.mainFrame()) seen.answer = r;
	});
	page.on('pageerror', (e) => seen.complaints.push(String(e)));
	page.on('console', (m) => {
		// the browser's own word on a status that the test expects
		const expected = m.text().startsWith('Failed to load resource') && m.location().url === seen.answer?.url();
		if (m.type() === 'error' && !expected) seen.complaints.push(m.text());
	});
	return page;
}

// Holds the page against everything below. name: of its pictures and in messages. status: of its document; lang: its language.
export async function check(page, name, { status = 200, lang = 'en' } = {}) {
	const faults = [];
	const expect = (holds, what) => holds || faults.push(what);
	await page.waitForLoadState();
	const facts = await page.evaluate(gather);

	expect(page.seen.answer?.status() === status, `status ${page.seen.answer?.status()} instead of ${status}`);
	expect(facts.lang === lang, `language ${facts.lang} instead of ${lang}`);
	expect(facts.headings === 1, `${facts.headings} h1`);
	expect(facts.title.length > 0, 'no title');
	expect(facts.inline.length === 0, `inline script or style: ${facts.inline}`);
	expect(facts.shift === 0, `layout shift ${facts.shift}`);
	expect(facts.moving === 0, `${facts.moving} elements move in spite of prefers-reduced-motion`);
	expect(page.seen.complaints.length === 0, `console: ${page.seen.complaints.join(' | ')}`);
	expect(page.seen.foreign.length === 0, `requests to others: ${page.seen.foreign}`);
	faults.push(...policyFaults(await page.seen.answer?.allHeaders()), ...weightFaults(facts.weights));
	faults.push(...(await (page.settings.javaScriptEnabled === false ? inCopy(page, name) : inEveryLook(page, name))));
	page.seen.complaints = [];
	page.seen.foreign = [];
	assert.deepEqual(faults, [], `${name} (${page.url()})`);
}

function policyFaults(headers) {
	const policy = headers?.['content-security-policy'] ?? '';
	const strict = policy.includes("script-src 'self'") && policy.includes("default-src 'self'") && !policy.includes('unsafe');
	return strict ? [] : [`content security policy: ${policy}`];
}

// Bodies as they came, without headers.
function weightFaults(weights) {
	const sum = (kinds) => weights.filter((w) => kinds.includes(w.kind)).reduce((n, w) => n + w.bytes, 0);
	const faults = [];
	if (sum(['page', 'script', 'style']) > limits.page) faults.push(`${sum(['page', 'script', 'style'])} bytes in all`);
	if (sum(['script']) > limits.script) faults.push(`script of ${sum(['script'])} bytes`);
	if (sum(['style']) > limits.style) faults.push(`style sheet of ${sum(['style'])} bytes`);
	if (sum(['page']) === 0 || sum(['style']) === 0) faults.push(`no page or style sheet was measured: ${JSON.stringify(weights)}`);
	return faults;
}

// Runs in the page.
function gather() {
	const shifts = new PerformanceObserver(() => {});
	shifts.observe({ type: 'layout-shift', buffered: true });
	const moves = (e) => [null, '::before', '::after'].some((pseudo) => {
		const style = getComputedStyle(e, pseudo);
		return [...style.transitionDuration.split(','), ...style.animationDuration.split(',')].some((d) => parseFloat(d) > 0.001);
	});
	const kind = (url) => (url.endsWith('.css') || url.includes('.css?') ? 'style' : url.includes('.js') ? 'script' : 'other');
	const document_ = performance.getEntriesByType('navigation').map((e) => ({ kind: 'page', bytes: e.encodedBodySize }));
	const others = performance.getEntriesByType('resource').map((e) => ({ kind: kind(e.name), bytes: e.encodedBodySize }));
	const handlers = (e) => [...e.attributes].some((a) => a.name.startsWith('on'));
	return {
		lang: document.documentElement.lang,
		title: document.title,
		headings: document.querySelectorAll('h1').length,
		inline: [...document.querySelectorAll('*')]
			.filter((e) => e.matches('style, [style], script:not([src])') || handlers(e)).map((e) => e.outerHTML.slice(0, 80)),
		shift: shifts.takeRecords().filter((e) => !e.hadRecentInput).reduce((n, e) => n + e.value, 0),
		moving: [...document.querySelectorAll('*')].filter(moves).length,
		weights: [...document_, ...others],
	};
}

// The page as it is, then narrow, then dark: axe, overflow, pictures. It is left as it was.
async function inEveryLook(page, name) {
	const was = page.viewportSize();
	const faults = await axeFaults(page, all);
	await picture(page, `${name}${was.width < 600 ? '-narrow' : ''}`);
	faults.push(...(await overflowFaults(page)));
	if (was.width > 320) {
		await page.setViewportSize({ width: 320, height: 640 });
		await picture(page, `${name}-narrow`);
		faults.push(...(await overflowFaults(page)), ...(await axeFaults(page, rule('target-size'))));
		await page.setViewportSize(was);
	}
	await page.emulateMedia({ colorScheme: 'dark' });
	faults.push(...(await axeFaults(page, rule('color-contrast'))).map((f) => `dark: ${f}`));
	await picture(page, `${name}-dark`);
	await page.emulateMedia({ colorScheme: page.settings.colorScheme ?? 'light' });
	return faults;
}

// axe needs timers, which a page without scripts has not: a copy of what it became is looked at.
async function inCopy(page, name) {
	const settings = { ...page.settings, javaScriptEnabled: true };
	const context = await page.context().browser().newContext(settings);
	const copy = Object.assign(await context.newPage(), { settings });
	const body = (await page.content()).replace(/<script.*?<\/script>/gs, '');
	await context.route(page.url(), (route) => route.fulfill({ contentType: 'text/html; charset=utf-8', body }));
	await copy.goto(page.url());
	const faults = await inEveryLook(copy, name);
	await context.close();
	return faults;
}

async function overflowFaults(page) {
	const [needed, there, who] = await page.evaluate(() => {
		const width = document.documentElement.clientWidth;
		const over = [...document.querySelectorAll('body *')].filter((e) => e.getBoundingClientRect().right > width + 1);
		return [document.documentElement.scrollWidth, width, over.slice(0, 3).map((e) => e.outerHTML.slice(0, 60))];
	});
	return needed > there ? [`scrolls sideways: ${needed} px in ${there}: ${who}`] : [];
}

// The element that a fault names counts, not only the page.
async function axeFaults(page, runOnly) {
	if (!(await page.evaluate(() => typeof window.axe === 'object'))) {
		page.debugger ??= await page.context().newCDPSession(page);
		await page.debugger.send('Runtime.evaluate', { expression: axe });
	}
	const results = await page.evaluate((only) => window.axe.run(document, {
		runOnly: only, resultTypes: ['violations'], preload: false,
	}), runOnly);
	return results.violations.flatMap((v) => v.nodes.map((n) => `${v.id}: ${n.target} ${n.html.slice(0, 120)} ${n.failureSummary}`));
}

async function picture(page, name) {
	if (name.startsWith("null") || pictured.has(name)) return;
	pictured.add(name);
	await page.screenshot({ path: `${pictures}/${name}.png`, fullPage: true });
}
