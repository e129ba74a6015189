// A session ends while forms are open: signing in leads back to the form, which has the input again.
import assert from 'node:assert/strict';
import { german, leave, scriptless, tab, visitor } from './lib/browser.mjs';
import { check } from './lib/check.mjs';
import { amount, arrive, field, fill, holdTicket, listQuickly, offer, password, pathOf, press, signIn, submit, toPayment } from './lib/people.mjs';
import { clockMove, session } from './lib/stack.mjs';
import { testAlone } from './lib/tests.mjs';

// Every kind of form: its page, its action, the input, and the page after sign-in.
function forms({ own, other, order, paid }) {
	const typed = { ...offer, price: '39.00', faceValue: '36.00' };
	return [
		['new', '/tickets/new', '/tickets/new', typed, '/tickets/new'],
		['edit', `/tickets/${own}/edit`, `/tickets/${own}/edit`, { seat: 'Balcony, row A, seat 1', price: '41.00' }, `/tickets/${own}/edit`],
		['withdraw', `/tickets/${own}/withdraw`, `/tickets/${own}/withdraw`, {}, `/tickets/${own}/withdraw`],
		['order', `/tickets/${other}`, '/orders', {}, `/tickets/${other}`],
		['cancel', `/orders/${order}`, `/orders/${order}/cancel`, {}, `/orders/${order}`],
		['pay', `/payments/${paid}`, `/payments/${paid}`, {}, `/payments/${paid}`],
		['name', '/account', '/account', { displayName: 'Ioana the Second' }, '/account'],
		['settings', '/account', '/account/preferences', { timeZone: 'Europe/Paris', pageSize: '50' }, '/account/preferences'],
		['password', '/account', '/account/password', { password, newPassword: 'another horse' }, '/account'],
		['devices', '/account', '/account/devices', {}, '/account'],
		['delete', '/account/delete', '/account/delete', { password }, '/account/delete'],
		// signing out needs no sign-in
		['signout', '/signout', '/signout', {}, '/'],
	];
}

const written = (page, name, value) => (/price|face/.test(name) ? amount(page, value) : value);

// Opens each form and fills it in, ends the session, and sends the forms.
async function sessionEnds(page, all) {
	const open = [];
	for (const form of all) {
		const window = await tab(page);
		await window.goto(form[1]);
		await fill(window, Object.fromEntries(Object.entries(form[3]).map(([k, v]) => [k, written(page, k, v)])));
		open.push([window, ...form]);
	}
	clockMove(session + 60);
	try {
		for (const entry of open) await signInAgain(page, ...entry);
	} finally {
		clockMove(0);
	}
}

async function allForms() {
	const page = await visitor();
	const seller = await visitor();
	await arrive(seller, 'Tomasz');
	const tickets = [];
	for (let i = 0; i < 3; i++) tickets.push(await listQuickly(seller));
	await leave(seller);
	await arrive(page, 'Ioana');
	const things = { own: await listQuickly(page), other: tickets[0] };
	for (const [i, name] of [[1, 'order'], [2, 'paid']]) {
		await page.goto(`/tickets/${tickets[i]}`);
		things[name] = await holdTicket(page);
		await toPayment(page, things[name]);
	}
	await sessionEnds(page, forms(things));
	await leave(page);
}

async function oneForm(...ways) {
	const page = await visitor(...ways);
	await arrive(page, 'Ioana');
	await sessionEnds(page, forms({}).slice(0, 1));
	await leave(page);
}

async function signInAgain(page, window, name, path, action, typed, next) {
	// a browser is slow to click in background windows
	await window.bringToFront();
	await window.context().clearCookies({ name: 'session' });
	await press(window, submit(window, action));
	assert.equal(pathOf(window), '/signin', `${name}: the user is asked to sign in`);
	await check(window, Object.keys(typed).length > 0 ? 'signin-again' : 'signin-next', { status: window.seen.answer.status() });
	await signIn(window, page.email);
	if (name === 'new') await check(window, 'new-kept');
	assert.equal(pathOf(window), next, `${name}: signing in leads back`);
	for (const [field_, value] of Object.entries(typed)) {
		const kept = /assword/.test(field_) ? '' : written(page, field_, value);
		assert.equal(await field(window, field_).inputValue(), kept, `${name}: ${field_}`);
	}
	if (name === 'new') {
		await press(window, submit(window, action));
		assert.match(pathOf(window), /^\/tickets\/[0-9a-f-]{36}$/, 'the form can be sent now');
	}
	await window.close();
}

testAlone('sessions that end while forms are open', allForms);
testAlone('a session that ends while a form is open, without JavaScript, in German', () => oneForm(scriptless, german));
