// The actions of users, by forms only. Fields are found by name and forms by their action, since texts change.
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { mouse } from './input.mjs';
import { bank, until } from './stack.mjs';

export const password = 'correct horse battery';
const id = /[0-9a-f]{8}-[0-9a-f-]{27}/;

export const idOf = (url) => url.match(id)[0];
export const pathOf = (page) => new URL(page.url()).pathname;
export const field = (page, name) => page.locator(`main [name="${name}"]:not([type="hidden"])`);
export const form = (page, action) => page.locator(`main form[action="${action}"]`);
export const submit = (page, action) => form(page, action).locator('button').last();
export const link = (page, href) => page.locator(`main a[href="${href}"]`).first();

// The fields of a form by name; selects by their values.
export async function fill(page, values, input = mouse) {
	for (const [name, value] of Object.entries(values)) {
		const target = field(page, name);
		const choice = await target.evaluate((e) => e.tagName === 'SELECT');
		await (choice ? input.choose : input.type)(page, target, value);
	}
}

// Presses and waits for the next page.
export async function press(page, target, input = mouse) {
	const loaded = page.waitForEvent('load');
	loaded.catch(() => {});
	await input.press(page, target);
	await loaded;
}

// The back button, and the page to which it leads.
export async function back(page) {
	await page.goBack();
	await page.waitForLoadState();
}

let count = 0;
export const newEmail = (name) => `${name.toLowerCase().replace(/[^a-z]/g, '')}.${randomBytes(4).toString('hex')}.${++count}@example.com`;

export async function signUp(page, name, input = mouse, next = '') {
	if (!pathOf(page).startsWith('/signup')) await page.goto(`/signup${next && `?next=${encodeURIComponent(next)}`}`);
	page.email = newEmail(name);
	await fill(page, { email: page.email, password, displayName: name }, input);
	await press(page, submit(page, '/signup'), input);
	assert.ok(!pathOf(page).startsWith('/signup'), 'signed up');
}

// Signs up through the API, for tests of other features; the page is then at the path.
export async function arrive(page, name, path = '/') {
	page.email = newEmail(name);
	const answer = await page.request.post('/api/users/signup', { data: { email: page.email, password, displayName: name } });
	assert.equal(answer.status(), 201, await answer.text());
	await page.goto(path);
}

export async function signIn(page, email, word = password, input = mouse) {
	await fill(page, { email, password: word }, input);
	await press(page, submit(page, '/signin'), input);
}

// a year ahead and more, later than all demo data
export const year = new Date().getFullYear() + 1;
export const offer = {
	title: 'Winter Strings: Vivaldi by candlelight', category: 'concert', venue: 'Town Hall, Leeds', startsAt: `${year}-12-03T19:30`,
	timeZone: 'Europe/London', seat: 'Stalls, row F, seat 12', faceValue: '36.00', price: '38.00', currency: 'USD',
};

// Amounts and dates as users write them in their region.
export const amount = (page, text) => (page.settings.locale.startsWith('de') ? text.replace('.', ',') : text);
const amounts = (page, { faceValue, price }) => ({ faceValue: amount(page, faceValue), price: amount(page, price) });

// Lists a ticket by the form; returns its id. The seller's page is then the ticket's.
export async function list(page, changes = {}, input = mouse) {
	await page.goto('/tickets/new');
	await fill(page, { ...offer, ...changes, ...amounts(page, { ...offer, ...changes }) }, input);
	await press(page, submit(page, '/tickets/new'), input);
	return idOf(pathOf(page));
}

// Through the API; the venue is in UTC.
export async function listQuickly(page, changes = {}) {
	const data = { ...offer, ...changes };
	const answer = await page.request.post('/api/tickets', { data: { ...data, startsAt: data.startsAt && `${data.startsAt}:00Z` } });
	assert.equal(answer.status(), 201, await answer.text());
	return (await answer.json()).id;
}

// Buys the ticket whose page is open; returns the order's id. The order's page is then open.
export async function buy(page) {
	const order = await holdTicket(page);
	await toPayment(page, order);
	await pay(page, order);
	await awaitEnd(page, order);
	return order;
}

// Holds the ticket whose page is open; returns the order's id. The order's page is then open, and the order can be
// paid.
export async function holdTicket(page, input = mouse) {
	await press(page, submit(page, '/orders'), input);
	return awaitOrder(page);
}

// The orders service may not have the replica of a new ticket or order for a moment.
export async function awaitOrder(page) {
	await until(`${page.url()} can be paid`, async () => {
		if (await page.locator('main a[href^="/payments/"]').count()) return true;
		await page.reload();
		return false;
	});
	return idOf(pathOf(page));
}

// From the order's page to the payment's, once payments has the order's replica.
export async function toPayment(page, order, input = mouse) {
	await press(page, link(page, `/payments/${order}`), input);
	await until('payments has the order', async () => page.seen.answer.status() !== 503 || (await page.reload(), false));
}

// From the payment’s page through the bank’s and back.
export async function pay(page, order, input = mouse) {
	await press(page, submit(page, `/payments/${order}`), input);
	assert.ok(page.url().startsWith(`${bank}/pay/`), 'the bank asks');
	await payAtBank(page, 'works', input);
}

// card: "works", "declined", "slow" or "late" (sandbox/page.c)
export async function payAtBank(page, card, input = mouse) {
	await input.press(page, page.locator(`input[value="${card}"]`));
	await press(page, page.locator('button'), input);
}

// Waits until the order's page has no control left: the order is paid or has ended.
export async function awaitEnd(page, order) {
	await until('the order is settled', async () => {
		await page.goto(`/orders/${order}`);
		return !(await page.locator('main a[href^="/payments/"], main form[action$="/cancel"]').count());
	});
}
