// Validates docs/asyncapi.yaml with AsyncAPI's own parser, docs/openapi.yaml with Spectral's rules, the JSON Schemas with ajv; and every event of the
// corpora.
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { Parser } from '@asyncapi/parser';
import spectralCore from '@stoplight/spectral-core';
import spectralParsers from '@stoplight/spectral-parsers';
import spectralRulesets from '@stoplight/spectral-rulesets';
import { check, closed, compiler, faultsOf, finish, read, readYaml, root } from './lib.mjs';

const { Spectral, Document } = spectralCore;
const { Yaml } = spectralParsers;
const audiences = ['public', 'private'];

async function asyncapi() {
	const { document, diagnostics } = await new Parser().parse(read('docs/asyncapi.yaml'));
	// version 3.0, because more programs support it than 3.1
	const faults = diagnostics.filter((d) => d.code !== 'asyncapi-latest-version');
	check('docs/asyncapi.yaml', faults.map((d) => `${d.code} ${d.path.join('.')}: ${d.message}`));
	if (!document) return;
	for (const message of document.allMessages().all()) {
		const audience = message.extensions().get('x-audience')?.value();
		check(`the audience of ${message.name()}`, audiences.includes(audience) ? [] : [`is ${audience}`]);
	}
}

// No contact: that is the operator of the site. A licence has an identifier or an address; OpenAPI 3.1 allows only one of them.
async function openapi() {
	const spectral = new Spectral();
	spectral.setRuleset({ extends: [[spectralRulesets.oas, 'all']], rules: { 'info-contact': 'off', 'license-url': 'off' } });
	const text = read('docs/openapi.yaml');
	const found = await spectral.run(new Document(text, Yaml, 'docs/openapi.yaml'));
	check('docs/openapi.yaml', found.map((f) => `${f.code} ${f.path.join('.')}: ${f.message}`));
}

// A schema compiles, and accepts null or absence of each optional field, and unknown fields and words; it refuses a missing mandatory field.
function growth(type, schema) {
	const validate = compiler().compile(schema);
	const faults = [];
	const must = (what, body, expected) => {
		if (validate(body) !== expected) faults.push(`${what}: ${expected ? faultsOf(validate).join('; ') : 'was taken'}`);
	};
	const whole = example(schema);
	must('an event with all fields', whole, true);
	must('an event with unknown fields', { ...whole, more: 1, data: { ...whole.data, more: { a: 1 } } }, true);
	for (const [name, field] of Object.entries(schema.properties.data.properties)) {
		const { [name]: _, ...rest } = whole.data;
		const optional = !schema.properties.data.required.includes(name);
		must(`one without ${name}`, { ...whole, data: rest }, optional);
		must(`one with ${name} null`, { ...whole, data: { ...whole.data, [name]: null } }, optional);
		const unknown = field.pattern ? 'XTS' : 'unheard_of';
		if (field['x-known-values']) must(`an unknown ${name}`, { ...whole, data: { ...whole.data, [name]: unknown } }, true);
	}
	check(`how ${type} grows`, faults);
}

function example(schema) {
	if (schema.const !== undefined) return schema.const;
	if (schema['x-known-values']) return schema['x-known-values'][0];
	const type = [schema.type].flat()[0];
	if (type === 'object') return Object.fromEntries(Object.entries(schema.properties).map(([name, member]) => [name, example(member)]));
	if (type === 'integer') return schema.minimum;
	if (type === 'boolean') return true;
	if (schema.format === 'uuid') return '0199a2c0-6f3e-7d41-9a55-2f1c3b7e9d10';
	if (schema.format === 'date-time') return '2026-11-22T14:17:02.123456Z';
	return 'x'.repeat(schema.minLength ?? 1);
}

function schemas() {
	const all = new Map();
	for (const file of readdirSync(join(root, 'docs/schemas')).sort()) {
		const type = file.replace(/\.json$/, '');
		const schema = JSON.parse(read(`docs/schemas/${file}`));
		check(`docs/schemas/${file} is of ${type}`, schema.properties.type.const === type ? [] : ['is of another']);
		growth(type, schema);
		all.set(type, compiler().compile(closed(schema)));
	}
	return all;
}

// Published bodies: a .json file has one, a .jsonl file one in each line.
function bodiesOf(file) {
	const text = read(file);
	return file.endsWith('.jsonl') ? text.split('\n').filter((line) => line.trim() !== '') : [text];
}

function events(all, folder) {
	const files = existsSync(join(root, folder)) ? readdirSync(join(root, folder), { recursive: true }) : [];
	for (const file of files.filter((name) => /\.jsonl?$/.test(name)).sort()) {
		const faults = [];
		bodiesOf(join(folder, file)).forEach((line, i) => {
			const body = JSON.parse(line);
			const validate = all.get(body.type);
			if (!validate) faults.push(`body ${i + 1}: no schema of ${body.type}`);
			else if (!validate(body)) faults.push(`body ${i + 1}, ${body.type}: ${faultsOf(validate).join('; ')}`);
		});
		check(`the events of ${folder}/${file}`, faults);
	}
}

await asyncapi();
await openapi();
events(schemas(), 'tests/events');
finish('contract');
