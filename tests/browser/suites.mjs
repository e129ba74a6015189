// All tests in one process with one browser; in this order, one at a time, since some move the clock for all.
import { after, before } from 'node:test';
import { start, stop } from './lib/browser.mjs';
import { clockMove } from './lib/stack.mjs';

before(start);
after(async () => {
	clockMove(0);
	await stop();
});

await import('./checks.mjs');
await import('./sale.mjs');
await import('./again.mjs');
await import('./errors.mjs');
await import('./expiry.mjs');
await import('./looks.mjs');
