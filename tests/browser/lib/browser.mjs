// One browser for all tests, and the settings in which pages are tested.
import { chromium } from 'playwright-core';
import { site } from './stack.mjs';
import { watch } from './check.mjs';

const root = process.getuid() === 0;
// a busy machine is slow, which is not a fault
const patience = 60000;
let browser;

export async function start() {
	browser = await chromium.launch({
		executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
		chromiumSandbox: !root,
		args: ['--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking',
			'--disable-component-update', '--disable-sync', '--lang=en-US'],
	});
}

export async function stop() {
	await browser?.close();
}

// Each is a context's settings; they can be combined: { ...narrow, ...dark }.
export const wide = { viewport: { width: 1280, height: 800 } };
export const narrow = { viewport: { width: 320, height: 640 }, hasTouch: true, isMobile: true };
// 400 % of a window of 1280 × 1024
export const zoomed = { viewport: { width: 320, height: 256 }, deviceScaleFactor: 4 };
export const dark = { colorScheme: 'dark' };
export const scriptless = { javaScriptEnabled: false };
export const german = { locale: 'de-DE' };

// A page of a visitor with an empty cookie jar.
export async function visitor(...ways) {
	const settings = Object.assign({ baseURL: site, locale: 'en-US', reducedMotion: 'reduce' }, wide, ...ways);
	const context = await browser.newContext(settings);
	context.setDefaultTimeout(patience);
	return watch(await context.newPage(), settings);
}

// Another page of the same visitor.
export async function tab(page) {
	return watch(await page.context().newPage(), page.settings);
}

export async function leave(...pages) {
	for (const page of pages) await page.context().close();
}
