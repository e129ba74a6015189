// The account: name, settings that apply to other pages, password, devices, data, and deletion.
import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import { german, leave, visitor } from './lib/browser.mjs';
import { check } from './lib/check.mjs';
import { arrive, fill, holdTicket, listQuickly, password, pathOf, press, signIn, submit } from './lib/people.mjs';
import { test } from './lib/tests.mjs';

const next = 'another horse battery';

// The same user on another device.
async function otherDevice(page) {
	const other = await visitor(page.settings);
	await other.goto('/signin');
	await signIn(other, page.email);
	return other;
}

// Within 5 s no service accepts the session any more.
async function isOut(page) {
	const end = Date.now() + 5000;
	const known = async (path) => (await page.request.get(path, { maxRedirects: 0 })).status() === 200;
	for (const path of ['/account', '/selling', '/orders'])
		for (; await known(path); await sleep(100)) assert.ok(Date.now() < end, `${path} still accepts the session`);
	await page.goto('/account');
	assert.equal(pathOf(page), '/signin');
}

async function settings(...ways) {
	const seller = await visitor();
	const page = await visitor(...ways);
	await arrive(seller, 'Ioana');
	const ticket = await listQuickly(seller);
	await leave(seller);
	await arrive(page, 'Tomasz', '/account');
	await check(page, 'account');
	await fill(page, { displayName: 'Tomasz the Second' });
	await press(page, submit(page, '/account'));
	await check(page, 'account-renamed');
	assert.match(await page.locator('nav').innerText(), /Tomasz the Second/);
	await fill(page, { timeZone: 'Asia/Kathmandu', pageSize: '10' });
	await press(page, submit(page, '/account/preferences'));
	await check(page, 'account-settings');
	await page.goto('/');
	assert.equal(await page.locator('main .list > li').count(), 10, 'a page of ten');
	await page.goto(`/tickets/${ticket}`);
	await holdTicket(page);
	assert.match(await page.locator('h1').innerText(), /GMT\+5:45|\+05:45|NPT/, 'a deadline in the time zone of the user');
	assert.match(await page.locator('dl.facts').first().innerText(), /GMT|WEZ|UTC/, 'a show in the time zone of the venue');
	for (let i = 1; i <= 11; i++) await listQuickly(page, { seat: `Row A, seat ${i}` });
	await page.goto('/selling');
	assert.equal(await page.locator('main .list > li').count(), 10);
	await check(page, 'selling-page');
	await press(page, page.locator('main a[rel="next"]'));
	assert.equal(await page.locator('main .list > li').count(), 1);
	await check(page, 'selling-older');
	await leave(page);
}

test('name, time zone and page size', () => settings());
test('name, time zone and page size, in German', () => settings(german));

async function passwords(...ways) {
	const page = await visitor(...ways);
	await arrive(page, 'Ioana', '/account');
	const other = await otherDevice(page);
	await fill(page, { password: 'not this one', newPassword: next });
	await press(page, submit(page, '/account/password'));
	await check(page, 'account-password-wrong', { status: 400 });
	assert.equal(await page.locator('#password').inputValue(), '', 'no password is filled in again');
	assert.ok(await page.locator('.errors a[href="#password"]').count());
	await fill(page, { password, newPassword: next });
	await press(page, submit(page, '/account/password'));
	await check(page, 'account-password');
	await isOut(other);
	await page.reload();
	assert.equal(pathOf(page), '/account', 'this device stays signed in');
	await signIn(other, page.email);
	assert.equal(pathOf(other), '/signin', 'the old password is refused');
	await signIn(other, page.email, next);
	assert.equal(pathOf(other), '/account');

	await press(page, submit(page, '/account/devices'));
	await check(page, 'signed-out-everywhere');
	await isOut(other);
	await isOut(page);
	await leave(page, other);
}

test('changing the password, and signing out everywhere, in German', () => passwords(german));

test('downloading the data', async () => {
	const page = await visitor();
	await arrive(page, 'Ioana');
	await listQuickly(page, { title: 'Reeds' });
	await page.goto('/account/data');
	await check(page, 'account-data');
	const links = await page.locator('dl.facts a').evaluateAll((list) => list.map((a) => a.getAttribute('href')));
	assert.equal(links.length, 4);
	const files = [];
	for (const path of links) {
		const answer = await page.request.get(path);
		assert.equal(answer.headers()['content-type'].split(';')[0], 'application/json', path);
		assert.match(answer.headers()['content-disposition'], /^attachment; filename="stagedoor-\w+\.json"$/, path);
		files.push(await answer.json());
	}
	assert.equal(files[0].account.email, page.email);
	assert.ok(JSON.stringify(files[1]).includes('Reeds'));
	const loading = page.waitForEvent('download');
	await page.locator('dl.facts a').first().click();
	assert.equal((await loading).suggestedFilename(), 'stagedoor-account.json');
	await leave(page);
});

async function deletion(...ways) {
	const page = await visitor(...ways);
	await arrive(page, 'Ioana');
	const ticket = await listQuickly(page);
	const other = await otherDevice(page);
	await page.goto('/account/delete');
	await check(page, 'account-delete');
	await fill(page, { password: 'not this one' });
	await press(page, submit(page, '/account/delete'));
	await check(page, 'account-delete-wrong', { status: 400 });
	await fill(page, { password });
	await press(page, submit(page, '/account/delete'));
	await check(page, 'account-deleted');
	await isOut(page);
	await isOut(other);
	await signIn(page, page.email);
	assert.equal(pathOf(page), '/signin');
	await page.goto(`/tickets/${ticket}`);
	assert.equal(await page.locator('main a.button').count(), 0, 'the listings of the user are withdrawn');
	await leave(page, other);
}

test('deleting the account, in German', () => deletion(german));
