// Impatient users: double clicks, reloads and the back button at every step never list, order or charge twice.
import assert from 'node:assert/strict';
import { leave, scriptless, visitor } from './lib/browser.mjs';
import { check } from './lib/check.mjs';
import { impatient } from './lib/input.mjs';
import {
	awaitEnd, back, form, holdTicket, list, pathOf, pay, press, signUp, submit, toPayment,
} from './lib/people.mjs';
import { chargesOf } from './lib/stack.mjs';
import { test } from './lib/tests.mjs';

// A reload shows the same page, and the browser does not ask whether to send a form again.
async function reload(page, name) {
	const path = pathOf(page);
	await page.reload();
	assert.equal(page.seen.answer.request().method(), 'GET', name);
	assert.equal(pathOf(page), path);
	await check(page, name);
}

const rows = (page) => page.locator('main .list > li').count();

async function doubly(...ways) {
	const seller = await visitor(...ways);
	const buyer = await visitor(...ways);

	await signUp(seller, 'Ioana', impatient);
	await reload(seller, 'again-signed-up');
	const ticket = await list(seller, {}, impatient);
	await reload(seller, 'again-listed');
	await seller.goto('/selling');
	assert.equal(await rows(seller), 1, 'listed once');

	await signUp(buyer, 'Tomasz', impatient, `/tickets/${ticket}`);
	const order = await holdTicket(buyer, impatient);
	await reload(buyer, 'again-order');
	await buyer.goto('/orders');
	assert.equal(await rows(buyer), 1, 'ordered once');

	await buyer.goto(`/orders/${order}`);
	await toPayment(buyer, order, impatient);
	await reload(buyer, 'again-payment');
	await pay(buyer, order, impatient);
	await reload(buyer, 'again-payment-back');
	await awaitEnd(buyer, order);
	await reload(buyer, 'again-order-paid');
	assert.equal(await chargesOf(order), 1, 'charged once');
	await leave(seller, buyer);
}

test('double click and reload at every step', () => doubly());
test('double click and reload at every step, without JavaScript', () => doubly(scriptless));

// A form that the back button shows again: when it is sent again, it leads to the same page as before.
async function backAndForth(...ways) {
	const seller = await visitor(...ways);
	const buyer = await visitor(...ways);

	await signUp(seller, 'Ioana');
	await back(seller);
	await check(seller, 'back-to-signup');
	const ticket = await list(seller);
	await back(seller);
	await check(seller, 'back-to-new');
	await seller.goto('/selling');
	assert.equal(await rows(seller), 1);

	await signUp(buyer, 'Tomasz', undefined, `/tickets/${ticket}`);
	const order = await holdTicket(buyer);
	await back(buyer);
	await check(buyer, 'back-to-ticket');
	if (await form(buyer, '/orders').count()) assert.equal(await holdTicket(buyer), order, 'the same order');
	await buyer.goto(`/orders/${order}`);
	await toPayment(buyer, order);
	await press(buyer, submit(buyer, `/payments/${order}`));
	await back(buyer);
	await check(buyer, 'back-from-the-bank');
	await pay(buyer, order);
	await back(buyer);
	await buyer.goBack();
	await check(buyer, 'back-after-paying');
	if (await form(buyer, `/payments/${order}`).count()) await press(buyer, submit(buyer, `/payments/${order}`));
	await awaitEnd(buyer, order);
	assert.equal(await chargesOf(order), 1, 'charged once');
	await leave(seller, buyer);
}

test('the back button at every step', () => backAndForth());

// The same form in two windows makes two listings, since both were requested; signing out in one ends both sessions.
test('two windows of one person', async () => {
	const page = await visitor();
	await signUp(page, 'Ioana');
	await page.goto('/signout');
	await check(page, 'signout');
	await press(page, submit(page, '/signout'));
	await check(page, 'signed-out');
	await back(page);
	assert.equal(await submit(page, '/signout').count(), 0, 'after signing out the back button shows no signed-in page');
	await page.goto('/account');
	assert.equal(pathOf(page), '/signin');
	await leave(page);
});
