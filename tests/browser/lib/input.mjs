// Input methods: a mouse, or the keyboard alone. Both press, type and choose.
import assert from 'node:assert/strict';

export const mouse = {
	async press(page, target) {
		await target.click();
	},
	async type(page, target, text) {
		await target.fill(text);
	},
	async choose(page, target, value) {
		await target.selectOption(value);
	},
};

// Clicks everything twice.
export const impatient = {
	...mouse,
	async press(page, target) {
		await target.dblclick();
	},
};

// Reaches everything by Tab, as a user without a mouse does, and requires that the focus is visible.
export const keyboard = {
	async press(page, target) {
		await reach(page, target);
		const radio = await target.evaluate((e) => e.type === 'radio');
		await page.keyboard.press(radio ? 'Space' : 'Enter');
	},
	async type(page, target, text) {
		await reach(page, target);
		if ((await target.getAttribute('type')) === 'datetime-local') {
			await typeMoment(page, text);
			return assert.equal(await target.inputValue(), text);
		}
		await page.keyboard.press('Control+A');
		await page.keyboard.type(text);
	},
	async choose(page, target, value) {
		await reach(page, target);
		const options = await target.evaluate((e) => [...e.options].map((o) => o.value));
		await page.keyboard.press('Home');
		for (let i = options.indexOf(value); i > 0; i--) await page.keyboard.press('ArrowDown');
		assert.equal(await target.inputValue(), value);
	},
};

// "2027-12-03T19:30" into the parts of an English date field
async function typeMoment(page, text) {
	const [, year, month, day, hours, minute] = text.match(/^(\d+)-(\d+)-(\d+)T(\d+):(\d+)$/);
	const hour = Number(hours);
	await page.keyboard.type(month + day);
	await page.keyboard.type(year);
	await page.keyboard.press('ArrowRight');
	await page.keyboard.type(String(((hour + 11) % 12) + 1).padStart(2, '0') + minute + (hour < 12 ? 'AM' : 'PM'));
}

export async function reach(page, target) {
	const wanted = await target.elementHandle();
	for (let i = 0; i < 150; i++) {
		if (await wanted.evaluate((e) => document.activeElement === e || (e.type === 'radio' && document.activeElement?.name === e.name && e.checked))) return;
		await page.keyboard.press('Tab');
		const [seen, what] = await page.evaluate(focusIsSeen);
		assert.ok(seen, `the focus cannot be seen at ${what}`);
	}
	assert.fail(`Tab does not reach ${target}`);
}

// Runs in the page: the focused element is within the window, on top, and outlined.
function focusIsSeen() {
	const e = document.activeElement;
	if (e === document.body || e === document.documentElement) return [true, 'the page itself'];
	// an internal part of the element, which the browser outlines
	if (!e.matches(':focus')) return [true, e.name];
	const box = e.getBoundingClientRect();
	const inside = box.bottom > 0 && box.top < innerHeight && box.right > 0 && box.left < innerWidth;
	// or its container: a link that covers its stub outlines the stub
	const outlined = [e, e.closest('.stub')].filter(Boolean).map((o) => getComputedStyle(o))
		.some((style) => style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) >= 2);
	return [inside && outlined, e.outerHTML.slice(0, 100)];
}
