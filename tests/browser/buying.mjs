// What a buyer sees between choosing a ticket and keeping it: countdown, payment page, confirmation, calendar, timeline, list of
// orders.
import assert from 'node:assert/strict';
import { german, leave, narrow, scriptless, visitor } from './lib/browser.mjs';
import { check } from './lib/check.mjs';
import { picture } from './lib/looks.mjs';
import { arrive, buy, form, holdTicket, link, listQuickly, offer, payAtBank, press, submit, toPayment } from './lib/people.mjs';
import { partStart, partStop, until } from './lib/stack.mjs';
import { test, testAlone } from './lib/tests.mjs';

// A buyer on the page of another user's ticket.
async function shopping(...ways) {
	const seller = await visitor();
	await arrive(seller, 'Ioana');
	const ticket = await listQuickly(seller);
	await leave(seller);
	const buyer = await visitor(...ways);
	await arrive(buyer, 'Tomasz', `/tickets/${ticket}`);
	return buyer;
}

const clock = (page) => page.locator('.hold [role="timer"]');
const secondsLeft = async (page) => {
	const [, minutes, seconds] = (await clock(page).innerText()).match(/(\d+):(\d\d)/);
	return Number(minutes) * 60 + Number(seconds);
};
const isShown = async (target) => (await target.count()) > 0 && target.first().isVisible();

// Runs the countdown of the open page to its end; returns what screen readers were told meanwhile.
async function runDown(page, deeds) {
	await page.evaluate(() => {
		window.said = [];
		const voice = document.querySelector('.hold [role="status"]');
		new MutationObserver(() => window.said.push(voice.textContent.trim())).observe(voice, { childList: true });
	});
	const left = await secondsLeft(page);
	await page.clock.runFor(2000);
	assert.ok((await secondsLeft(page)) < left, 'it runs');
	for (const minutes of [5, 2, 1]) {
		const before = await page.evaluate(() => window.said.length);
		await page.clock.fastForward(((await secondsLeft(page)) - minutes * 60 - 20) * 1000);
		assert.equal(await page.evaluate(() => window.said.length), before, `silent before ${minutes} minutes are left`);
		await page.clock.fastForward(25000);
		assert.equal(await page.evaluate(() => window.said.length), before + 1, `speaks when ${minutes} minutes are left`);
	}
	for (const deed of deeds) assert.ok(await isShown(deed), `${deed} until the end`);
	assert.ok(!(await page.locator('.hold .over').isVisible()));
	await page.clock.fastForward(60000);
	for (const deed of deeds) assert.ok(!(await isShown(deed)), `no ${deed} after the end`);
	assert.ok(await page.locator('.hold .over a').isVisible(), 'but a link to the outcome');
	return page.evaluate(() => window.said);
}

async function countdown(words, ...ways) {
	const page = await shopping(...ways);
	await page.clock.install();
	await page.reload();
	const order = await holdTicket(page);
	const url = `/orders/${order}`;
	const said = await runDown(page, [link(page, `/payments/${order}`), submit(page, `${url}/cancel`)]);
	assert.equal(said.length, 4);
	said.forEach((text, i) => assert.match(text, words[i]));
	await check(page, 'order-over', { weighed: false });
	await page.locator('.hold .over a').click();
	await page.waitForLoadState();
	await toPayment(page, order);
	assert.deepEqual(await runDown(page, [submit(page, `/payments/${order}`), submit(page, `${url}/cancel`)]), said);
	await check(page, 'payment-over', { weighed: false });
	await leave(page);
}

test('a countdown with few announcements', () => countdown([/^5 minutes left$/, /^2 minutes left$/, /^1 minute left$/, /over/]));
test('a countdown with few announcements, in German, at 320 px', () => countdown([/5 Minuten/, /2 Minuten/, /1 Minute$/, /um/], german, narrow));

// Without the countdown the page still shows the same information.
test('a hold without JavaScript', async () => {
	const page = await shopping(scriptless);
	const order = await holdTicket(page);
	await check(page, 'order');
	assert.match(await clock(page).innerText(), /^1[45] minutes left$/);
	assert.match(await page.locator('h1').innerText(), /\d+:\d\d:\d\d.*(AM|PM)? [A-Z+0-9]+$/, 'until when, with the zone');
	for (const deed of [link(page, `/payments/${order}`), submit(page, `/orders/${order}/cancel`), page.locator(`.hold a[href="/orders/${order}"]`)])
		assert.ok(await isShown(deed.first()));
	assert.ok(!(await page.locator('.hold .over').isVisible()));
	await leave(page);
});

const facts = async (page) => (await page.locator('main dl.facts').first().innerText()).replace(/[\u00a0\u202f]/g, ' ');

// Printed, the page has the ticket and its details, but no controls.
async function print(page, name) {
	await page.emulateMedia({ media: 'print' });
	for (const hidden of ['nav', 'footer.site', '.skip', 'form', 'button', '.button', '.panel'])
		assert.ok(!(await isShown(page.locator(hidden))), `${hidden} is not printed`);
	assert.ok(await isShown(page.locator('.reference')), 'the reference is');
	assert.ok((await facts(page)).includes(offer.seat));
	await picture(page, name);
	const sheets = (await page.pdf({ format: 'A4' })).toString('latin1').match(/\/Type\s*\/Page\b/g).length;
	assert.equal(sheets, 1, 'on one sheet');
	await page.emulateMedia({ media: null });
}

async function bought(...ways) {
	const page = await shopping(...ways);
	const order = await holdTicket(page);
	await toPayment(page, order);
	await check(page, 'payment');
	for (const part of [offer.title, offer.venue, offer.seat, '38', page.email]) assert.ok((await facts(page)).includes(part), `shown before the payment: ${part}`);
	await page.goto(`/orders/${order}`);
	await press(page, submit(page, `/orders/${order}/cancel`));
	await check(page, 'order-released');
	const again = await buy(page);
	assert.notEqual(again, order, 'ordered again with one button');
	await check(page, 'order-paid');
	await page.reload();
	assert.match(await page.locator('.reference').first().innerText(), /^[0-9A-Z]{3}-[0-9A-Z]{3}$/);
	const told = await page.locator('.timeline li').count();
	assert.ok(told >= 6, `${told} things happened`);
	const times = await page.locator('.timeline time').evaluateAll((list) => list.map((t) => t.dateTime));
	assert.deepEqual(times, [...times].sort(), 'in the order of time');
	assert.equal(await page.locator('.timeline li.next').count(), 1, 'and the next step');
	await calendar(page);
	const shown = await page.locator('[data-print]').isVisible();
	assert.equal(shown, page.settings.javaScriptEnabled !== false, 'a button to print with, where it works');
	if (shown) {
		await page.evaluate(() => { window.print = () => { window.printed = true; }; });
		await page.locator('[data-print]').click();
		assert.ok(await page.evaluate(() => window.printed));
		await print(page, `order-paid-print${page.settings.locale.startsWith('de') ? '-de' : ''}`);
	}
	await leave(page);
}

async function calendar(page) {
	const href = await page.locator('main a[href$="/calendar.ics"]').getAttribute('href');
	const answer = await page.request.get(href);
	assert.equal(answer.headers()['content-type'].split(';')[0], 'text/calendar');
	const lines = (await answer.text()).replace(/\r\n /g, '').split('\r\n');
	for (const line of ['BEGIN:VCALENDAR', 'BEGIN:VEVENT', `DTSTART:${offer.startsAt.replace(/[-:]/g, '')}00Z`, `SUMMARY:${offer.title}`,
		`LOCATION:${offer.venue.replace(',', '\\,')}`, 'END:VEVENT', 'END:VCALENDAR']) assert.ok(lines.includes(line), line);
}

// Orders is away when the bank has approved the payment: the page says so, and turns into the outcome by itself, or by its link.
async function confirming(...ways) {
	const page = await shopping(...ways);
	const order = await holdTicket(page);
	await toPayment(page, order);
	partStop('orders-events');
	try {
		await press(page, submit(page, `/payments/${order}`));
		await payAtBank(page, 'works');
		await check(page, 'payment-confirming');
		assert.equal(await page.locator('[data-awaits]').count(), 1);
		assert.equal(await form(page, `/payments/${order}`).count(), 0, 'nothing to pay a second time');
	} finally {
		partStart('orders-events');
	}
	await until('it is paid', async () => {
		if (page.settings.javaScriptEnabled === false && (await page.locator('[data-awaits]').count())) await press(page, link(page, `/payments/${order}`));
		return !(await page.locator('[data-awaits]').count());
	});
	await check(page, 'payment-paid');
	await leave(page);
}

testAlone('a payment that is being confirmed', () => confirming());
testAlone('a payment that is being confirmed, without JavaScript, in German', () => confirming(scriptless, german));

test('checking, paying, keeping', () => bought());
test('checking, paying, keeping, without JavaScript, in German, at 320 px', () => bought(scriptless, german, narrow));

// One order in each group, with the reason for its state.
async function groups(...ways) {
	const page = await shopping(...ways);
	const url = page.url();
	const released = await holdTicket(page);
	await press(page, submit(page, `/orders/${released}/cancel`));
	const paid = await buy(page);
	const other = await shopping();
	await page.goto(other.url());
	await leave(other);
	const live = await holdTicket(page);
	await page.goto('/orders');
	await check(page, 'orders-groups');
	const sections = page.locator('main section');
	assert.equal(await sections.count(), 3);
	for (const [i, order] of [live, paid, released].entries()) {
		const entry = sections.nth(i).locator('.list li');
		assert.equal(await entry.count(), 1);
		assert.equal(await entry.locator(`a[href="/orders/${order}"]`).count(), 1);
	}
	assert.equal(await sections.nth(0).locator(`a[href="/payments/${live}"]`).count(), 1, 'it can be paid from here');
	assert.match(await sections.nth(2).innerText(), /released|freigegeben/, 'the reason');
	await page.goto(url);
	await check(page, 'ticket-sold');
	assert.equal(await form(page, '/orders').count(), 0);
	await leave(page);
}

test('my orders in groups, in German', () => groups(german));
