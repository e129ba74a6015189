// How the site looks and reads: German, the demo data, the way in for a keyboard, and the pictures that the README shows.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { dark, german, leave, narrow, visitor } from './lib/browser.mjs';
import { check } from './lib/check.mjs';
import { fill, form, holdTicket, list, offer, pathOf, pay, press, signIn, signUp, submit, toPayment } from './lib/people.mjs';
import { demoUsers, pictures } from './lib/stack.mjs';

async function demoUser(...ways) {
	const page = await visitor(...ways);
	const [{ email, password }] = demoUsers();
	await page.goto('/signin');
	await signIn(page, email, password);
	assert.equal(pathOf(page), '/');
	return page;
}

test('every page in German', async () => {
	const lang = 'de';
	const seller = await visitor(german);
	const buyer = await visitor(german);
	const at = async (page, path, name, status = 200) => {
		await page.goto(path);
		await check(page, `${name}-de`, { lang, status });
	};
	await at(buyer, '/', 'browse');
	await at(buyer, '/signin', 'signin');
	await at(buyer, '/signup', 'signup');
	await at(buyer, '/nichts', 'not-found', 404);
	await signUp(seller, 'Ioana');
	await at(seller, '/tickets/new', 'new');
	await fill(seller, { ...offer, title: '', price: 'viel' });
	await seller.locator('main form').evaluate((f) => { f.noValidate = true; });
	await press(seller, submit(seller, '/tickets/new'));
	await check(seller, 'new-wrong-de', { lang, status: 400 });
	const ticket = await list(seller, { faceValue: '36,00', price: '38,00' });
	await check(seller, 'ticket-own-de', { lang });
	for (const path of ['edit', 'withdraw']) await at(seller, `/tickets/${ticket}/${path}`, path);
	await at(buyer, `/tickets/${ticket}`, 'ticket-signed-out');
	await signUp(buyer, 'Tomasz', undefined, `/tickets/${ticket}`);
	await check(buyer, 'ticket-de', { lang });
	const order = await holdTicket(buyer);
	await check(buyer, 'order-de', { lang });
	await toPayment(buyer, order);
	await check(buyer, 'payment-de', { lang });
	await pay(buyer, order);
	await check(buyer, 'payment-back-de', { lang });
	for (const [path, name] of [['/orders', 'orders'], [`/orders/${order}`, 'order-paid'], ['/account', 'account'], ['/signout', 'signout']])
		await at(buyer, path, name);
	await at(seller, '/selling', 'selling');
	await leave(seller, buyer);
});

test('looking around with a keyboard', async () => {
	const page = await visitor();
	await page.goto('/');
	await page.keyboard.press('Tab');
	assert.equal(await page.evaluate(() => document.activeElement.getAttribute('href')), '#main', 'first of all, a way past the menu');
	const box = await page.locator('.skip').first().boundingBox();
	assert.ok(box.x >= 0 && box.y >= 0, 'it is seen when it has the focus');
	await page.keyboard.press('Enter');
	await page.keyboard.press('Tab');
	assert.ok(await page.evaluate(() => document.querySelector('main').contains(document.activeElement)), 'and it leads there');
	await leave(page);
});

test('narrowing and turning pages', async () => {
	const page = await visitor();
	await page.goto('/');
	await press(page, page.locator('main a[rel="next"]'));
	await check(page, 'browse-more');
	await page.goto('/?category=theatre&minPrice=50&sort=price');
	await check(page, 'browse-narrowed');
	await page.goto('/?minPrice=900000');
	await check(page, 'browse-none');
	await leave(page);
});

// Opens the first listing that is not this user's own; its path.
async function someoneElses(page) {
	const paths = await page.locator('main .list h3 a').evaluateAll((links) => links.map((a) => a.getAttribute('href')));
	for (const path of paths) {
		await page.goto(path);
		if (await form(page, '/orders').count()) return path;
	}
	return assert.fail('all listings are theirs');
}

// As they are seen: the window, not the whole page.
test('pictures', async () => {
	const snap = async (page, name) => {
		await page.mouse.move(0, 0);
		await page.screenshot({ path: `${pictures}/readme/${name}.png` });
	};
	const page = await demoUser();
	await page.goto('/');
	await snap(page, 'browse');
	const path = await someoneElses(page);
	await snap(page, 'ticket');
	const small = await demoUser(narrow);
	await small.goto(path);
	await holdTicket(small);
	await snap(small, 'order-narrow');
	const night = await demoUser(dark);
	await night.goto('/orders');
	await press(night, night.locator('main .list a').first());
	await snap(night, 'order-dark');
	await leave(page, small, night);
});
