// A hold expires while its pages are open: the clock of all programs is moved, the browser's is not.
import assert from 'node:assert/strict';
import { german, leave, scriptless, tab, visitor } from './lib/browser.mjs';
import { check } from './lib/check.mjs';
import { arrive, form, holdTicket, listQuickly, pathOf, press, submit, toPayment } from './lib/people.mjs';
import { clockMove, hold, until } from './lib/stack.mjs';
import { testAlone } from './lib/tests.mjs';

async function holdEnds(...ways) {
	const seller = await visitor(...ways);
	const buyer = await visitor(...ways);
	await arrive(seller, 'Ioana');
	const ticket = await listQuickly(seller);
	await arrive(buyer, 'Tomasz', `/tickets/${ticket}`);
	const order = await holdTicket(buyer);
	const paying = await tab(buyer);
	await paying.goto(`/orders/${order}`);
	await toPayment(paying, order);
	try {
		clockMove(hold - 90);
		await buyer.reload();
		assert.match(await buyer.locator('.hold [role="timer"]').innerText(), /1:[0-3]\d|\b1 minute|\b1 Minute/, 'by the server’s clock');
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
		assert.notEqual(next, order, 'ordered again with one button');
		await buyer.goto('/orders');
		await check(buyer, 'orders-expired');
	} finally {
		clockMove(0);
	}
	await leave(seller, buyer);
}

testAlone('a hold that ends while its pages are open', () => holdEnds());
testAlone('a hold that ends while its pages are open, without JavaScript, in German', () => holdEnds(scriptless, german));
