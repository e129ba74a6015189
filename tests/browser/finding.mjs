// Finding: words, filters, pages of results; feed, site map and link previews for other programs.
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { german, leave, narrow, visitor } from './lib/browser.mjs';
import { check } from './lib/check.mjs';
import { amount, arrive, back, fill, listQuickly, offer, press, year } from './lib/people.mjs';
import { test } from './lib/tests.mjs';

const shows = [
	{ title: 'Reeds at dusk', category: 'concert', venue: 'Mill Theatre, Ghent', price: '10.00', startsAt: `${year}-11-01T19:30` },
	{ title: 'Reeds at dawn', category: 'concert', venue: 'Mill Theatre, Ghent', price: '20.00', startsAt: `${year}-11-02T19:30` },
	{ title: 'Reeds at noon', category: 'concert', venue: 'Old Baths, Zürich', price: '30.00', startsAt: `${year}-11-03T19:30` },
	{ title: 'The rowing final', category: 'sports', venue: 'Lake Arena, Zürich', price: '40.00', startsAt: `${year}-11-04T19:30` },
	{ title: 'A play of reeds', category: 'theatre', venue: 'Lake Arena, Zürich', price: '50.00', startsAt: null },
];

const titles = (page) => page.locator('main .list h3').allInnerTexts();
const chips = (page) => page.locator('main .chips li');
const search = (page) => page.locator('main form[role="search"] .search button');
const query = (page) => new URL(page.url()).searchParams;

// A word that is in no other listing, and five listings with it.
async function listed() {
	const seller = await visitor();
	const word = `q${randomBytes(4).toString('hex')}`;
	await arrive(seller, 'Ioana');
	for (const show of shows) await listQuickly(seller, { ...show, title: `${show.title}, ${word}` });
	await leave(seller);
	return word;
}

async function finding(...ways) {
	const page = await visitor(...ways);
	const word = await listed();
	await page.goto('/');
	await fill(page, { q: word });
	await press(page, search(page));
	await check(page, 'browse-found');
	assert.equal((await titles(page)).length, 5);
	assert.match(await page.locator('main > .meta').first().innerText(), /^5 tickets?,/i, 'it shows the number of results');
	assert.equal(await chips(page).count(), 1);

	await page.locator('details.filters summary').click();
	await fill(page, {
		category: 'concert', from: `${year}-11-01`, to: `${year}-11-02`, minPrice: amount(page, '5.50'), maxPrice: '35', sort: '-price',
	});
	await press(page, page.locator('details.filters button'));
	await check(page, 'browse-narrowed');
	assert.deepEqual(await titles(page), [`Reeds at dawn, ${word}`, `Reeds at dusk, ${word}`]);
	for (const [name, value] of [['q', word], ['category', 'concert'], ['from', `${year}-11-01`], ['sort', '-price']])
		assert.equal(query(page).get(name), value, `the address has ${name}`);
	await page.reload();
	assert.equal((await titles(page)).length, 2, 'the address is sufficient');
	assert.equal(await chips(page).count(), 5, 'words, category, dates, prices, and all of them');
	for (let i = 3; i > 0; i--) await press(page, chips(page).nth(1).locator('a'));
	assert.equal((await titles(page)).length, 5, 'filters are taken away one by one');
	await back(page);
	assert.equal(await chips(page).count(), 3);
	assert.equal((await titles(page)).length, 3);

	await fill(page, { q: `REEDS ${word} zurich` });
	await press(page, search(page));
	assert.deepEqual(await titles(page), [`Reeds at noon, ${word}`], 'in title and venue, regardless of case and accents');
	await turning(page, word);
	await nothing(page, word);
	await leave(page);
}

// All five, by the button below the list.
async function turning(page, word) {
	const found = [];
	await page.goto(`/?q=${word}&sort=price&limit=2`);
	for (let i = 0; i < 2; i++) {
		found.push(...(await titles(page)));
		await press(page, page.locator('main a[rel="next"]'));
		if (i === 0) await check(page, 'browse-more');
	}
	found.push(...(await titles(page)));
	assert.deepEqual(found, shows.map((s) => `${s.title}, ${word}`), 'each once, the cheapest first');
	assert.equal(await page.locator('main a[rel="next"]').count(), 0);
	await press(page, page.locator('main .paging a').last());
	assert.deepEqual(await titles(page), found.slice(0, 2), 'back at the beginning');
}

async function nothing(page, word) {
	await page.goto(`/?q=${word}&category=sports&maxPrice=15`);
	await check(page, 'browse-none');
	const ways = page.locator('main > ul:not(.chips) a');
	assert.ok((await ways.count()) >= 2, 'it suggests which filter to remove');
	const [promised] = (await ways.first().innerText()).match(/\d+/);
	await press(page, ways.first());
	assert.equal((await titles(page)).length, Number(promised), 'and the suggestion has results');
	await page.goto(`/?q=${word}${word}`);
	await check(page, 'browse-no-words');
	assert.equal((await titles(page)).length, 0);
}

test('finding', () => finding());
test('finding in German, at 320 px', () => finding(german, narrow));

const meta = (page, name) => page.locator(`head meta[property="${name}"], head meta[name="${name}"]`).getAttribute('content');

test('a link preview of a listing', async () => {
	const page = await visitor();
	await arrive(page, 'Ioana');
	// which would end the script element, or the string
	const title = 'Strings & "Reeds" </script><script>alert(1)</script>';
	const ticket = await listQuickly(page, { title });
	await page.goto(`/tickets/${ticket}`);
	await check(page, 'ticket-shared');
	assert.equal(await meta(page, 'og:title'), title);
	assert.equal(await meta(page, 'og:url'), page.url());
	assert.equal(await page.locator('head link[rel="canonical"]').getAttribute('href'), page.url());
	for (const part of [offer.venue, offer.seat, '38']) assert.ok((await meta(page, 'og:description')).includes(part), part);
	const image = await page.request.get(await meta(page, 'og:image'));
	assert.equal(image.headers()['content-type'], 'image/png');

	const data = JSON.parse(await page.locator('head script[type="application/ld+json"]').textContent());
	assert.equal(data['@context'], 'https://schema.org');
	assert.equal(data['@type'], 'Event');
	assert.equal(data.name, title);
	assert.equal(new Date(data.startDate).toISOString(), `${year}-12-03T19:30:00.000Z`);
	assert.equal(data.location['@type'], 'Place');
	assert.equal(`${data.location.name}, ${data.location.address}`, offer.venue);
	assert.equal(data.offers['@type'], 'Offer');
	assert.equal(data.offers.price, '38.00');
	assert.equal(data.offers.priceCurrency, 'USD');
	assert.equal(data.offers.availability, 'https://schema.org/InStock');
	assert.equal(data.offers.url, page.url());
	assert.equal(await page.locator('head meta[name="robots"]').count(), 0);
	await page.request.delete(`/api/tickets/${ticket}`);
	await page.reload();
	assert.equal(await meta(page, 'robots'), 'noindex', 'a withdrawn listing is not found');
	assert.ok((await page.locator('head script[type="application/ld+json"]').textContent()).includes('SoldOut'));
	await leave(page);
});

// Parses XML as a browser does; returns the texts or attributes of the selected elements.
async function read(page, path, type, select, attribute = null) {
	const answer = await page.request.get(path);
	assert.equal(answer.status(), 200, path);
	assert.equal(answer.headers()['content-type'].split(';')[0], type, path);
	return page.evaluate(([xml, selector, name]) => {
		const tree = new DOMParser().parseFromString(xml, 'application/xml');
		const fault = tree.querySelector('parsererror');
		if (fault) throw new Error(fault.textContent);
		return [...tree.querySelectorAll(selector)].map((e) => (name ? e.getAttribute(name) : e.textContent));
	}, [await answer.text(), select, attribute]);
}

test('output for programs', async () => {
	const page = await visitor();
	await arrive(page, 'Ioana & "Sons" <x>');
	const ticket = await listQuickly(page, { title: 'Reeds & <strings>' });
	const there = await page.evaluate((path) => new URL(path, location).href, `/tickets/${ticket}`);
	const feed = await page.locator('head link[type="application/atom+xml"]').getAttribute('href');
	assert.equal(feed, '/feed.atom');
	assert.ok((await read(page, feed, 'application/atom+xml', 'entry > title')).includes('Reeds & <strings>'));
	assert.ok((await read(page, feed, 'application/atom+xml', 'entry > author > name')).includes('Ioana & "Sons" <x>'));
	assert.ok((await read(page, feed, 'application/atom+xml', 'entry > link', 'href')).includes(there));
	assert.ok((await read(page, '/sitemap.xml', 'application/xml', 'url > loc')).includes(there));
	for (const [path, type] of [['/robots.txt', 'text/plain'], ['/favicon.ico', 'image/x-icon'], ['/static/icon.svg', 'image/svg+xml']]) {
		const answer = await page.request.get(path);
		assert.equal(answer.status(), 200, path);
		assert.equal(answer.headers()['content-type'].split(';')[0], type, path);
		assert.ok((await answer.body()).length > 50, path);
	}
	assert.match(await (await page.request.get('/robots.txt')).text(), /^Sitemap: http.*\/sitemap\.xml$/m);
	await leave(page);
});
