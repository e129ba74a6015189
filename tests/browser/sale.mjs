// The whole sale, by a seller and a buyer with separate browsers, with each input method.
import assert from 'node:assert/strict';
import { dark, german, leave, narrow, scriptless, visitor, zoomed } from './lib/browser.mjs';
import { check } from './lib/check.mjs';
import { keyboard, mouse } from './lib/input.mjs';
import { awaitEnd, holdTicket, link, list, pathOf, pay, press, signUp, toPayment } from './lib/people.mjs';
import { until } from './lib/stack.mjs';
import { test } from './lib/tests.mjs';

async function sale(input, ...ways) {
	const seller = await visitor(...ways);
	const buyer = await visitor(...ways);

	await seller.goto('/');
	await check(seller, 'browse');
	await seller.goto('/signup');
	await check(seller, 'signup');
	await signUp(seller, 'Ioana', input);
	await seller.goto('/tickets/new');
	await check(seller, 'new');
	const ticket = await list(seller, {}, input);
	await check(seller, 'ticket-own');

	await buyer.goto(`/tickets/${ticket}`);
	await check(buyer, 'ticket-signed-out');
	await press(buyer, buyer.locator('main a.button[href^="/signin"]'), input);
	await check(buyer, 'signin');
	await press(buyer, buyer.locator('main a[href^="/signup"]'), input);
	await signUp(buyer, 'Tomasz', input);
	assert.equal(pathOf(buyer), `/tickets/${ticket}`, 'signing up leads back to the ticket');
	await check(buyer, 'ticket');
	const order = await holdTicket(buyer, input);
	assert.equal(pathOf(buyer), `/orders/${order}`);
	await check(buyer, 'order');
	await seller.reload();
	await check(seller, 'ticket-own-held');
	await toPayment(buyer, order, input);
	await check(buyer, 'payment');
	await pay(buyer, order, input);
	assert.equal(pathOf(buyer), `/payments/${order}`);
	await check(buyer, 'payment-back');
	await awaitEnd(buyer, order);
	await check(buyer, 'order-paid');
	await buyer.goto('/orders');
	await check(buyer, 'orders');
	assert.equal(await link(buyer, `/orders/${order}`).count(), 1);

	await until('the seller sees the sale', async () => {
		await seller.goto('/selling/sales');
		return link(seller, `/tickets/${ticket}`).count();
	});
	await check(seller, 'sales-one');
	await seller.goto(`/tickets/${ticket}`);
	await check(seller, 'ticket-own-sold');
	await buyer.goto(`/tickets/${ticket}`);
	await check(buyer, 'ticket-sold');
	await leave(seller, buyer);
}

test('the sale by mouse', () => sale(mouse));
test('the sale by keyboard and without JavaScript, in the dark', () => sale(keyboard, scriptless, dark));
test('the sale at 320 px', () => sale(mouse, narrow));
test('the sale by keyboard, at 400 %', () => sale(keyboard, zoomed));
test('the sale in German', () => sale(mouse, german));
