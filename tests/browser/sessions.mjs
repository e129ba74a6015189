// A session that ends while forms are open: signing in leads back, and what was typed is there again.
import assert from 'node:assert/strict';
import { german, leave, scriptless, tab, visitor } from './lib/browser.mjs';
import { check } from './lib/check.mjs';
import { amount, arrive, field, fill, holdTicket, listQuickly, offer, password, pathOf, press, signIn, submit, toPayment } from './lib/people.mjs';
import { clockMove, session } from './lib/stack.mjs';
import { testAlone } from './lib/tests.mjs';

// Every kind of form: its page, its address, what is typed, where signing in leads.
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
		['signout', '/signout', '/signout', {}, '/signout'],
	];
}

async function sessionEnds(...ways) {
	const page = await visitor(...ways);
	const seller = await visitor();
	await arrive(seller, 'Tomasz');
	const tickets = [];
	for (let i = 0; i < 3; i++) tickets.push(await listQuickly(seller));
	await arrive(page, 'Ioana');
	const things = { own: await listQuickly(page), other: tickets[0] };
	for (const [i, name] of [[1, 'order'], [2, 'paid']]) {
		await page.goto(`/tickets/${tickets[i]}`);
		things[name] = await holdTicket(page);
		await toPayment(page, things[name]);
	}
	const open = [];
	for (const form of forms(things)) {
		const window = await tab(page);
		await window.goto(form[1]);
		await fill(window, Object.fromEntries(Object.entries(form[3]).map(([k, v]) => [k, /price|face/.test(k) ? amount(page, v) : v])));
		open.push([window, ...form]);
	}
	clockMove(session + 60);
	try {
		for (const entry of open) await signInAgain(page, ...entry);
	} finally {
		clockMove(0);
	}
	await leave(page, seller);
}

async function signInAgain(page, window, name, path, action, typed, next) {
	await window.context().clearCookies({ name: 'session' });
	await press(window, submit(window, action));
	assert.equal(pathOf(window), '/signin', `${name}: they are asked to sign in`);
	await check(window, Object.keys(typed).length > 0 ? 'signin-again' : 'signin-next', { status: window.seen.answer.status() });
	await signIn(window, page.email);
	await check(window, `again-after-${name}`, { status: window.seen.answer.status() });
	assert.equal(pathOf(window), next, `${name}: signing in leads back`);
	for (const [field_, value] of Object.entries(typed)) {
		const kept = /assword/.test(field_) ? '' : /price|face/.test(field_) ? amount(page, value) : value;
		assert.equal(await field(window, field_).inputValue(), kept, `${name}: ${field_}`);
	}
	if (name === 'new') {
		await press(window, submit(window, action));
		assert.match(pathOf(window), /^\/tickets\/[0-9a-f-]{36}$/, 'it can be sent now');
	}
	await window.close();
}

testAlone('sessions that end while forms are open', () => sessionEnds());
testAlone('sessions that end while forms are open, without JavaScript', () => sessionEnds(scriptless));
testAlone('sessions that end while forms are open, in German', () => sessionEnds(german));
