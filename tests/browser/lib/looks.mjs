// The appearance of a page: axe, nothing cut off, pictures. Since this takes time, each state of a page is examined once, no matter how
// many tests reach it: completely in the window in which it is first seen, and otherwise only in what may differ (target sizes and
// overflow in a narrow window, contrast in dark mode).
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { pictures } from './stack.mjs';

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const all = { type: 'tag', values: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'] };
const rule = (...values) => ({ type: 'rule', values });
const examined = new Set();

// The faults of a page. enhanced: the script changes it, so it differs from the page without the script.
export async function looks(page, name, enhanced) {
	const scriptless = page.settings.javaScriptEnabled === false;
	if (scriptless && !enhanced) return [];
	const whole = scriptless ? `${name}-scriptless` : name;
	if (name !== null && examined.has(whole)) return [];
	examined.add(whole);
	return scriptless ? inCopy(page) : inEveryLook(page, name);
}

async function inEveryLook(page, name) {
	const was = page.viewportSize();
	const faults = await axeFaults(page, all);
	if (was.width > 320) {
		await picture(page, name);
		await page.setViewportSize({ width: 320, height: 640 });
		await picture(page, name && `${name}-narrow`);
		faults.push(...(await overflowFaults(page)), ...(await axeFaults(page, rule('target-size'))));
		await page.setViewportSize(was);
	} else {
		await picture(page, name && `${name}-narrow`);
	}
	await page.emulateMedia({ colorScheme: 'dark' });
	faults.push(...(await axeFaults(page, rule('color-contrast'))).map((f) => `dark: ${f}`));
	await page.emulateMedia({ colorScheme: page.settings.colorScheme ?? 'light' });
	return faults;
}

// axe needs timers, which a page without scripts does not have: axe examines a copy of its HTML.
async function inCopy(page) {
	const settings = { ...page.settings, javaScriptEnabled: true };
	const context = await page.context().browser().newContext(settings);
	const copy = Object.assign(await context.newPage(), { settings });
	const body = (await page.content()).replace(/<script.*?<\/script>/gs, '');
	await context.route(page.url(), (route) => route.fulfill({ contentType: 'text/html; charset=utf-8', body }));
	await copy.goto(page.url());
	const faults = await inEveryLook(copy, null);
	await context.close();
	return faults;
}

// The elements that extend beyond the right edge.
export async function overflowFaults(page) {
	const [needed, there, who] = await page.evaluate(() => {
		const width = document.documentElement.clientWidth;
		const over = [...document.querySelectorAll('body *')].filter((e) => e.getBoundingClientRect().right > width + 1);
		return [document.documentElement.scrollWidth, width, over.slice(0, 3).map((e) => e.outerHTML.slice(0, 60))];
	});
	return needed > there ? [`scrolls sideways: ${needed} px in ${there}: ${who}`] : [];
}

// The name of a fault includes its element. Options are drawn by the browser and are left out, since there are hundreds of time
// zones.
async function axeFaults(page, runOnly) {
	if (!(await page.evaluate(() => typeof window.axe === 'object'))) {
		page.debugger ??= await page.context().newCDPSession(page);
		await page.debugger.send('Runtime.evaluate', { expression: axe });
	}
	const results = await page.evaluate((only) => window.axe.run({ exclude: ['option'] }, {
		runOnly: only, resultTypes: ['violations'], preload: false, iframes: false,
	}), runOnly);
	return results.violations.flatMap((v) => v.nodes.map((n) => `${v.id}: ${n.target} ${n.html.slice(0, 120)} ${n.failureSummary}`));
}

export async function picture(page, name) {
	if (name !== null) await page.screenshot({ path: `${pictures}/${name}.png`, fullPage: true });
}
