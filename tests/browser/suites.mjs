// All tests in one process with one browser.
import { after } from 'node:test';
import { start, stop } from './lib/browser.mjs';
import { clockMove } from './lib/stack.mjs';
import { run } from './lib/tests.mjs';

// the longest suites first, so that no core is idle at the end
await import('./sale.mjs');
await import('./pictures.mjs');
await import('./again.mjs');
await import('./errors.mjs');
await import('./finding.mjs');
await import('./buying.mjs');
await import('./selling.mjs');
await import('./account.mjs');
await import('./checks.mjs');
await import('./chunked_pages.mjs');
await import('./expiry.mjs');
await import('./sessions.mjs');

await start();
after(async () => {
	clockMove(0);
	await stop();
});
run();
