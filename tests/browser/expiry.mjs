// Time that passes while a page is open: the clock of all programs is moved, the browser's stays.
import assert from 'node:assert/strict';
import { afterEach, test } from 'node:test';
import { leave, scriptless, tab, visitor } from './lib/browser.mjs';
import { check } from './lib/check.mjs';
import { field, fill, form, holdTicket, list, offer, pathOf, press, signIn, signUp, submit, toPayment } from './lib/people.mjs';
import { clockMove, hold, session, until } from './lib/stack.mjs';

afterEach(() => clockMove(0));

async function holdEnds(...ways) {
	const seller = await visitor(...ways);
	const buyer = await visitor(...ways);
	await signUp(seller, 'Ioana');
	const ticket = await list(seller);
	await signUp(buyer, 'Tomasz', undefined, `/tickets/${ticket}`);
	const order = await holdTicket(buyer);
	const paying = await tab(buyer);
	await paying.goto(`/orders/${order}`);
	await toPayment(paying, order);
	await seller.goto('/');
	clockMove(hold + 1);

	await press(paying, submit(paying, `/payments/${order}`));
	await check(paying, 'payment-too-late', { status: 410 });
	await press(buyer, submit(buyer, `/orders/${order}/cancel`));
	await check(buyer, 'order-expired');
	assert.equal(pathOf(buyer), `/orders/${order}`);
	await until('it is offered again', async () => {
		await buyer.goto(`/orders/${order}`);
		return form(buyer, '/orders').count();
	});
	await check(buyer, 'order-expired-again');
	const next = await holdTicket(buyer);
	assert.notEqual(next, order);
	await leave(seller, buyer);
}

test('a hold that ends while its pages are open', () => holdEnds());
test('a hold that ends while its pages are open, without JavaScript', () => holdEnds(scriptless));

// What was typed survives signing in again.
async function sessionEnds(...ways) {
	const page = await visitor(...ways);
	await signUp(page, 'Ioana');
	await page.goto('/tickets/new');
	await fill(page, offer);
	clockMove(session + 60);
	await press(page, submit(page, '/tickets/new'));
	assert.equal(pathOf(page), '/signin');
	await check(page, 'signin-again', { status: page.seen.answer.status() });
	await signIn(page, page.email);
	assert.equal(pathOf(page), '/tickets/new');
	await check(page, 'new-kept');
	for (const [name, value] of Object.entries(offer)) assert.equal(await field(page, name).inputValue(), value, name);
	await press(page, submit(page, '/tickets/new'));
	assert.match(pathOf(page), /^\/tickets\/[0-9a-f-]{36}$/);
	await check(page, 'new-kept-listed');
	await leave(page);
}

test('a session that ends while a form is open', () => sessionEnds());
test('a session that ends while a form is open, without JavaScript', () => sessionEnds(scriptless));
