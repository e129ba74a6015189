// Error pages meet the same standards as all other pages.
import assert from 'node:assert/strict';
import { leave, tab, visitor } from './lib/browser.mjs';
import { check } from './lib/check.mjs';
import {
	arrive, fill, form, holdTicket, listQuickly, offer, pathOf, payAtBank, press, submit, toPayment,
} from './lib/people.mjs';
import { bank, partStart, partStop, until } from './lib/stack.mjs';
import { test, testAlone } from './lib/tests.mjs';

const unknown = '01890a5d-ac96-774b-bcce-b302099a8057';

// The errors are summarised on top with links to the fields, and repeated at the fields; the input is kept, except
// for passwords.
async function checkErrors(page, name, fields) {
	await check(page, name, { status: 400 });
	for (const field of fields) {
		assert.ok(await page.locator(`.errors a[href="#${field}"]`).count(), `the summary names ${field}`);
		assert.equal(await page.locator(`#${field}`).getAttribute('aria-invalid'), 'true');
		const sentence = await page.locator(`#${field}`).getAttribute('aria-describedby');
		assert.ok(await page.locator(`#${sentence.split(' ').pop()}`).innerText(), `a sentence at ${field}`);
	}
}

test('forms that are filled in wrongly', async () => {
	const page = await visitor();
	await page.goto('/signup');
	await fill(page, { password: 'short', displayName: 'Ioana' });
	await press(page, submit(page, '/signup'));
	await checkErrors(page, 'signup-wrong', ['email', 'password']);
	assert.equal(await page.locator('#displayName').inputValue(), 'Ioana');
	assert.equal(await page.locator('#password').inputValue(), '');
	await page.locator('.errors a[href="#email"]').click();
	assert.equal(await page.evaluate(() => document.activeElement.id), 'email', 'the link leads to the field');

	await page.goto('/signin');
	await fill(page, { email: 'nobody@example.com', password: 'not the password' });
	await press(page, submit(page, '/signin'));
	await check(page, 'signin-wrong', { status: page.seen.answer.status() });
	assert.ok([400, 401].includes(page.seen.answer.status()));
	assert.equal(await page.locator('#email').inputValue(), 'nobody@example.com');

	await arrive(page, 'Ioana');
	await page.goto('/tickets/new');
	await fill(page, { ...offer, title: '', price: 'a lot', timeZone: 'Nowhere' });
	await press(page, submit(page, '/tickets/new'));
	await checkErrors(page, 'new-wrong', ['title', 'price', 'timeZone']);
	assert.equal(await page.locator('#price').inputValue(), 'a lot');
	assert.equal(await page.locator('#venue').inputValue(), offer.venue);
	await fill(page, { title: offer.title, price: '38', timeZone: 'Europe/London' });
	await press(page, submit(page, '/tickets/new'));
	await check(page, 'put-right');
	await page.goto('/?from=yesterday');
	await check(page, 'browse-wrong', { status: 400 });
	await leave(page);
});

test('missing pages, and pages of other users', async () => {
	const page = await visitor();
	const other = await visitor();
	for (const path of ['/nothing', `/tickets/${unknown}`, '/static/nothing.css']) {
		await page.goto(path);
		await check(page, path === '/nothing' ? 'not-found' : `not-found-${path.split('/')[1]}`, { status: 404 });
	}
	await arrive(page, 'Ioana');
	const ticket = await listQuickly(page);
	await arrive(other, 'Tomasz', `/tickets/${ticket}`);
	const order = await holdTicket(other);
	for (const [name, path] of [['orders', `/orders/${order}`], ['payments', `/payments/${order}`], ['orders-unknown', `/orders/${unknown}`]]) {
		await page.goto(path);
		await check(page, `not-found-${name}`, { status: 404 });
	}
	await other.goto(`/tickets/${ticket}/edit`);
	await check(other, 'not-yours', { status: 403 });
	await leave(page, other);
});

test('a form from another site', async () => {
	const page = await visitor();
	await arrive(page, 'Ioana');
	await page.goto('/tickets/new');
	await fill(page, offer);
	await page.locator('[name="_csrf"]').first().evaluate((e) => { e.value = 'forged'; });
	await press(page, submit(page, '/tickets/new'));
	await check(page, 'forged', { status: 403 });
	await page.goto('/tickets/new');
	await page.locator('#title').evaluate((e) => { e.value = 'm'.repeat(70000); });
	await press(page, submit(page, '/tickets/new'));
	await check(page, 'too-large', { status: 413 });
	await leave(page);
});

test('an offer that changed while its page was open', async () => {
	const seller = await visitor();
	const buyer = await visitor();
	const slow = await visitor();
	await arrive(seller, 'Ioana');
	const ticket = await listQuickly(seller);
	await arrive(buyer, 'Tomasz', `/tickets/${ticket}`);
	await arrive(slow, 'Wen', `/tickets/${ticket}`);

	const stale = await tab(seller);
	await stale.goto(`/tickets/${ticket}/edit`);
	await seller.goto(`/tickets/${ticket}/edit`);
	await fill(seller, { price: '40', seat: 'Stalls, row A, seat 1' });
	await press(seller, submit(seller, `/tickets/${ticket}/edit`));

	await until('orders has the new price', async () => {
		if (pathOf(buyer) !== `/tickets/${ticket}`) await buyer.goto(`/tickets/${ticket}`);
		await buyer.locator('[name="revision"]').evaluate((e) => { e.value = '1'; });
		await press(buyer, submit(buyer, '/orders'));
		return buyer.seen.answer.status() === 409;
	});
	await check(buyer, 'terms-changed', { status: 409 });
	await holdTicket(buyer);
	await check(buyer, 'order-of-new-terms');

	await press(slow, submit(slow, '/orders'));
	await check(slow, 'taken', { status: 409 });
	await slow.goto(`/tickets/${ticket}`);
	await check(slow, 'ticket-held');
	await press(stale, submit(stale, `/tickets/${ticket}/edit`));
	await check(stale, 'edit-held', { status: 409 });
	await seller.goto(`/tickets/${ticket}/withdraw`);
	await check(seller, 'withdraw-held', { status: seller.seen.answer.status() });
	await leave(seller, buyer, slow);
});

test('withdrawing, releasing and a declined card', async () => {
	const seller = await visitor();
	const buyer = await visitor();
	await arrive(seller, 'Ioana');
	const ticket = await listQuickly(seller);
	await arrive(buyer, 'Tomasz', `/tickets/${ticket}`);
	const order = await holdTicket(buyer);
	await toPayment(buyer, order);
	await press(buyer, submit(buyer, `/payments/${order}`));
	assert.ok(buyer.url().startsWith(bank));
	await payAtBank(buyer, 'declined');
	await buyer.goto(`/payments/${order}?back=true`);
	await check(buyer, 'payment-again');
	const window = await tab(buyer);
	await window.goto(`/payments/${order}`);
	await buyer.goto(`/orders/${order}`);
	await press(buyer, submit(buyer, `/orders/${order}/cancel`));
	await check(buyer, 'order-released');
	await until('payments knows', async () => {
		await window.goto(`/payments/${order}`);
		return !(await form(window, `/payments/${order}`).count());
	});
	await check(window, 'payment-ended', { status: window.seen.answer.status() });

	await until('the ticket is free', async () => {
		await seller.goto(`/tickets/${ticket}/withdraw`);
		return form(seller, `/tickets/${ticket}/withdraw`).count();
	});
	await check(seller, 'withdraw');
	await press(seller, submit(seller, `/tickets/${ticket}/withdraw`));
	await check(seller, 'withdrawn');
	await buyer.goto(`/tickets/${ticket}`);
	await check(buyer, 'ticket-withdrawn');
	await leave(seller, buyer);
});

testAlone('a service that is down', async () => {
	const page = await visitor();
	await arrive(page, 'Ioana');
	partStop('orders-web');
	try {
		await page.goto('/orders');
		await check(page, 'away', { status: 502 });
	} finally {
		partStart('orders-web');
	}
	await page.goto('/orders');
	await check(page, 'orders-none');
	await page.goto('/selling');
	await check(page, 'selling-none');
	await page.goto('/account');
	await check(page, 'account');
	await leave(page);
});
