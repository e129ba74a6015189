// Shared by both tests: reading documents, compiling schemas, counting.
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Ajv2020 } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import yaml from 'js-yaml';

export const root = join(dirname(fileURLToPath(import.meta.url)), '..', '..');
export const read = (path) => readFileSync(join(root, path), 'utf8');
export const readYaml = (path) => yaml.load(read(path), { schema: yaml.JSON_SCHEMA });

// Consumers must accept unknown fields, but the programs of this version must not send undocumented ones.
export function closed(schema) {
	if (Array.isArray(schema)) return schema.map(closed);
	if (schema === null || typeof schema !== 'object') return schema;
	const copy = Object.fromEntries(Object.entries(schema).map(([key, value]) => [key, closed(value)]));
	if (copy.type === 'object' && copy.properties && copy.additionalProperties === undefined) copy.additionalProperties = false;
	return copy;
}

// x-known-values and similar members are annotations, not rules
export function compiler() {
	const ajv = new Ajv2020({ strict: true, strictRequired: false, allowUnionTypes: true, allErrors: true });
	addFormats(ajv);
	for (const note of ['x-known-values', 'x-audience']) ajv.addKeyword(note);
	return ajv;
}

// Runs one check and prints its errors; finish() prints the number of checks, as the other tests do.
let passed = 0;
let failed = 0;
export function check(what, faults) {
	if (faults.length === 0) {
		passed += 1;
		return;
	}
	failed += 1;
	console.log(`FAIL ${what}`);
	for (const fault of faults.slice(0, 10)) console.log(`    ${fault}`);
}
export function finish(name) {
	console.log(`${name}: ${passed} passed, ${failed} failed`);
	process.exit(failed === 0 ? 0 : 1);
}
export const faultsOf = (validate) => (validate.errors ?? []).map((e) => `${e.instancePath || '/'} ${e.message} ${JSON.stringify(e.params)}`);
