// The checks of every page in every state.
import assert from 'node:assert/strict';
import { looks, overflowFaults } from './looks.mjs';
import { bank, site } from './stack.mjs';

// shift: a tenth of the value that is called good; a parser that pauses within a line causes less than a thousandth
export const limits = { shift: 0.01, page: 40 * 1024, script: 4 * 1024, style: 12 * 1024 };

// Records the requests and the errors of a page, from its first request on.
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
		// the browser's own message about a status that the test expects
		const expected = m.text().startsWith('Failed to load resource') && m.location().url === seen.answer?.url();
		if (m.type() === 'error' && !expected) seen.complaints.push(m.text());
	});
	return page;
}

// Checks the page. name: of this page in this state, for its pictures and in messages: the appearance is examined once for each name
// and language (null: always). status: of its document. weighed: false where the test sets the clock, since the browser then reports no
// sizes. The state of the page does not change.
export async function check(page, name, { status = 200, weighed = true } = {}) {
	const faults = [];
	const expect = (holds, what) => holds || faults.push(what);
	const lang = page.settings.locale.slice(0, 2);
	const state = name && lang !== 'en' ? `${name}-${lang}` : name;
	await page.waitForLoadState();
	const facts = await page.evaluate(gather);

	expect(page.seen.answer?.status() === status, `status ${page.seen.answer?.status()} instead of ${status}`);
	expect(facts.lang === lang, `language ${facts.lang} instead of ${lang}`);
	expect(facts.headings === 1, `${facts.headings} h1`);
	expect(facts.title.length > 0, 'no title');
	expect(facts.twice.length === 0, `ids twice: ${facts.twice}`);
	expect(facts.bubbles === 0, `${facts.bubbles} forms with the browser’s own bubbles`);
	expect(facts.inline.length === 0, `inline script or style: ${facts.inline}`);
	expect(facts.shift < limits.shift, `layout shift ${facts.shift}: ${facts.moved}`);
	expect(facts.moving === 0, `${facts.moving} elements move in spite of prefers-reduced-motion`);
	expect(page.seen.complaints.length === 0, `console: ${page.seen.complaints.join(' | ')}`);
	expect(page.seen.foreign.length === 0, `requests to others: ${page.seen.foreign}`);
	faults.push(...policyFaults(await page.seen.answer?.allHeaders()), ...(weighed ? weightFaults(facts.weights) : []));
	faults.push(...(await overflowFaults(page)), ...(await looks(page, state, facts.enhanced)));
	page.seen.complaints = [];
	page.seen.foreign = [];
	assert.ok(faults.length === 0, [`${state} (${page.url()})`, ...faults].join('\n'));
}

function policyFaults(headers) {
	const policy = headers?.['content-security-policy'] ?? '';
	const strict = policy.includes("script-src 'self'") && policy.includes("default-src 'self'") && !policy.includes('unsafe');
	return strict ? [] : [`content security policy: ${policy}`];
}

// Sizes of the bodies as transferred, without headers.
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
	const box = (r) => `${r.x},${r.y} ${r.width}×${r.height}`;
	const moved = (e) => e.sources.map((s) => `${s.node?.outerHTML ?? s.node?.textContent} ${box(s.previousRect)} to ${box(s.currentRect)}`.slice(-200)).join();
	const shifted = shifts.takeRecords().filter((e) => !e.hadRecentInput);
	const kind = (url) => (url.endsWith('.css') || url.includes('.css?') ? 'style' : url.includes('.js') ? 'script' : 'other');
	const document_ = performance.getEntriesByType('navigation').map((e) => ({ kind: 'page', bytes: e.encodedBodySize }));
	const others = performance.getEntriesByType('resource').map((e) => ({ kind: kind(e.name), bytes: e.encodedBodySize }));
	const handlers = (e) => [...e.attributes].some((a) => a.name.startsWith('on'));
	// data blocks are not scripts: browsers do not run them, and the policy does not apply to them
	const inline = 'style, [style], script:not([src], [type="application/ld+json"])';
	const all = [...document.querySelectorAll('*')];
	const ids = all.map((e) => e.id).filter(Boolean);
	return {
		lang: document.documentElement.lang,
		title: document.title,
		headings: document.querySelectorAll('h1').length,
		twice: ids.filter((id, i) => ids.indexOf(id) !== i),
		inline: all.filter((e) => e.matches(inline) || handlers(e)).map((e) => e.outerHTML.slice(0, 80)),
		bubbles: [...document.forms].filter((f) => !f.noValidate).length,
		shift: shifted.reduce((n, e) => n + e.value, 0),
		moved: shifted.map(moved).join(' | '),
		moving: all.filter(moves).length,
		enhanced: document.querySelector('[data-until], [data-print]') !== null,
		weights: [...document_, ...others],
	};
}
