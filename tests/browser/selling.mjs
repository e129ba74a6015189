// What a seller sees: listings in every state and their actions, relisting, edit conflicts side by side, sales with totals.
import assert from 'node:assert/strict';
import { german, leave, narrow, tab, visitor } from './lib/browser.mjs';
import { check } from './lib/check.mjs';
import { amount, arrive, buy, field, fill, holdTicket, idOf, link, listQuickly, offer, pathOf, press, submit } from './lib/people.mjs';
import { until } from './lib/stack.mjs';
import { test } from './lib/tests.mjs';

const long = 'Gemeinschaftskonzert der Landesjugendblasorchester mit Donaudampfschifffahrtsgesellschaftskapelle';

// A seller with a listing in every state: { page, free, held, sold, dear, withdrawn }.
async function sellerOfAll(...ways) {
	const page = await visitor(...ways);
	const buyer = await visitor();
	await arrive(page, 'Ioana');
	const all = {};
	for (const [name, changes] of Object.entries({
		sold: {}, dear: { price: '1280.50', currency: 'EUR', title: long }, withdrawn: { startsAt: null, venue: null, seat: null, timeZone: null },
		held: { seat: 'Stalls, row F, seat 13' }, free: { seat: 'Stalls, row F, seat 14' },
	})) all[name] = await listQuickly(page, changes);
	await arrive(buyer, 'Tomasz');
	for (const name of ['sold', 'dear']) {
		await buyer.goto(`/tickets/${all[name]}`);
		await buy(buyer);
	}
	await buyer.goto(`/tickets/${all.held}`);
	await holdTicket(buyer);
	await leave(buyer);
	assert.equal((await page.request.delete(`/api/tickets/${all.withdrawn}`)).status(), 204);
	await until('the seller sees the sales', async () => {
		await page.goto('/selling/sales');
		return (await page.locator('main .list > li').count()) === 2;
	});
	return { page, ...all };
}

const row = (page, ticket) => page.locator('main .list > li').filter({ has: page.locator(`a[href="/tickets/${ticket}"]`) });
const deeds = (page, ticket) => row(page, ticket).locator('.deeds a').evaluateAll((links) => links.map((a) => a.getAttribute('href')));

async function selling(...ways) {
	const { page, free, held, sold, dear, withdrawn } = await sellerOfAll(...ways);
	await check(page, 'sales');
	const sums = await page.locator('main table tbody tr').allInnerTexts();
	assert.equal(sums.length, 2, 'a total for each currency');
	assert.match(sums.join('\n').replace(/[\u00a0\u202f]/g, ' '), /1[.,]280[.,]50[^]*38[.,]00|38[.,]00[^]*1[.,]280[.,]50/);
	await press(page, link(page, '/selling'));
	await check(page, 'selling');
	const again = (ticket) => `/tickets/new?from=${ticket}`;
	assert.deepEqual(await deeds(page, free), [`/tickets/${free}/edit`, `/tickets/${free}/withdraw`, again(free)]);
	assert.deepEqual(await deeds(page, held), [`/tickets/${held}`, again(held)]);
	for (const ticket of [sold, dear, withdrawn]) assert.deepEqual(await deeds(page, ticket), [again(ticket)]);
	assert.match(await row(page, held).innerText(), /\d:\d\d/, 'held until when');
	for (const [name, ticket] of [['held', held], ['sold', dear], ['withdrawn', withdrawn]]) {
		await page.goto(`/tickets/${ticket}`);
		await check(page, `ticket-own-${name}`);
	}
	await duplicate(page, sold);
	await leave(page);
}

async function duplicate(page, ticket) {
	await page.goto('/selling');
	await press(page, row(page, ticket).locator(`a[href$="?from=${ticket}"]`));
	await check(page, 'new-again');
	for (const name of ['title', 'venue', 'startsAt', 'timeZone', 'seat', 'category', 'currency'])
		assert.equal(await field(page, name).inputValue(), offer[name], name);
	for (const name of ['price', 'faceValue']) assert.equal(await field(page, name).inputValue(), amount(page, offer[name]), name);
	await fill(page, { seat: 'Stalls, row F, seat 15' });
	await press(page, submit(page, '/tickets/new'));
	assert.notEqual(idOf(pathOf(page)), ticket);
	await check(page, 'ticket-own');
	assert.match(await page.locator('main').innerText(), /seat 15/);
}

test('selling', () => selling());
test('selling in German, at 320 px', () => selling(german, narrow));

// The current values and the input are shown side by side, and the seller can choose either.
async function conflict(...ways) {
	const page = await visitor(...ways);
	await arrive(page, 'Ioana');
	const ticket = await listQuickly(page);
	const edit = `/tickets/${ticket}/edit`;
	const stale = await tab(page);
	await stale.goto(edit);
	await page.goto(edit);
	await check(page, 'edit');
	await fill(page, { price: '40', seat: 'Stalls, row A, seat 1', venue: long });
	await press(page, submit(page, edit));
	assert.equal(pathOf(page), `/tickets/${ticket}`);
	await check(page, 'ticket-own-long');
	await fill(stale, { price: '12', title: long });
	await press(stale, submit(stale, edit));
	await check(stale, 'edit-conflict', { status: 409 });
	assert.equal(await field(stale, 'price').inputValue(), '12', 'the input is kept');
	const cells = await stale.locator('tr.differs').last().locator('td').evaluateAll((list) => list.map((e) => e.getBoundingClientRect().toJSON()));
	assert.ok(cells[0].right <= cells[1].left + 1 && cells[0].y === cells[1].y, 'side by side');
	assert.match(await stale.locator('tr.differs').last().innerText(), /40[^]*12/);
	assert.equal(await stale.locator('tr.differs').count(), 4, 'title, venue, seat and price differ');
	await press(stale, link(stale, edit));
	assert.equal(await field(stale, 'price').inputValue(), amount(stale, '40.00'), 'a link keeps the current values');
	await fill(stale, { price: '13' });
	await press(stale, submit(stale, edit));
	assert.equal(pathOf(stale), `/tickets/${ticket}`);
	await leave(page);
}

test('a listing that changed while it was edited', () => conflict());
test('a listing that changed while it was edited, in German, at 320 px', () => conflict(german, narrow));
