// The pictures in the README, as users see the site: the window, not the whole page.
import assert from 'node:assert/strict';
import { dark, german, leave, narrow, visitor } from './lib/browser.mjs';
import { form, holdTicket, pathOf, signIn } from './lib/people.mjs';
import { demoUsers, pictures } from './lib/stack.mjs';
import { test } from './lib/tests.mjs';

const sharp = { deviceScaleFactor: 1.5 };
const window = { viewport: { width: 1200, height: 900 } };
const hand = { ...narrow, viewport: { width: 390, height: 780 } };

async function demoUser(...ways) {
	const page = await visitor(...ways);
	const [{ email, password }] = demoUsers();
	await page.goto('/signin');
	await signIn(page, email, password);
	assert.equal(pathOf(page), '/');
	return page;
}

async function snap(page, name) {
	await page.mouse.move(0, 0);
	await page.screenshot({ path: `${pictures}/readme/${name}.png` });
}

// Opens the first listing of another user; returns its path.
async function someoneElses(page) {
	const paths = await page.locator('main .list h3 a').evaluateAll((links) => links.map((a) => a.getAttribute('href')));
	for (const path of paths) {
		await page.goto(path);
		if (await form(page, '/orders').count()) return path;
	}
	return assert.fail('all listings belong to the user');
}

test('pictures', async () => {
	const page = await demoUser(window);
	await page.goto('/');
	await snap(page, 'browse');
	const path = await someoneElses(page);
	await snap(page, 'ticket');
	await page.goto('/selling');
	await snap(page, 'selling');
	const small = await demoUser(hand, sharp);
	await small.goto(path);
	await holdTicket(small);
	await snap(small, 'order');
	const night = await demoUser(hand, sharp, dark);
	await snap(night, 'dark');
	const other = await demoUser(hand, sharp, german);
	await other.goto(path);
	await snap(other, 'german');
	await leave(page, small, night, other);
});
