// Compares the API's answers of the flow tests (tests/flow/http.c, FLOW_RECORD) with docs/openapi.yaml: each status is documented for its
// operation, each body is valid, each documented header is present; and each operation succeeded at least once.
// usage: answers.mjs FILE…
import { readFileSync } from 'node:fs';
import { check, closed, compiler, faultsOf, finish, readYaml } from './lib.mjs';

const document = readYaml('docs/openapi.yaml');
const methods = ['get', 'put', 'post', 'delete'];
const resolve = (node) => (node?.$ref ? node.$ref.slice(2).split('/').reduce((at, key) => at[key], document) : node);

const ajv = compiler();
const linked = (schema) => JSON.parse(JSON.stringify(closed(schema)).replaceAll('"#/components/schemas/', '"openapi#/$defs/'));
ajv.addSchema({ $id: 'openapi', $defs: linked(document.components.schemas) });

const operations = [];
for (const [path, item] of Object.entries(document.paths)) {
	const pattern = new RegExp(`^${path.replace(/[.]/g, '\\.').replace(/\{[^}]+\}/g, '([^/]+)')}$`);
	for (const method of methods.filter((m) => item[m])) {
		const responses = new Map();
		for (const [status, given] of Object.entries(item[method].responses)) {
			const response = resolve(given);
			const bodies = Object.entries(response.content ?? {}).map(([type, media]) => [type, ajv.compile(linked(media.schema))]);
			responses.set(Number(status), { response, bodies: new Map(bodies) });
		}
		operations.push({ name: `${method.toUpperCase()} ${path}`, path, pattern, method, responses, fixed: !path.includes('{'), seen: new Map(), faults: new Map() });
	}
}
// a path without a parameter takes precedence over one with it: /api/payments/webhook
operations.sort((a, b) => b.fixed - a.fixed);

// Header names in lower case; a repeated header counts once.
function headersOf(text) {
	const lines = (text ?? '').split('\r\n').filter((line) => line.includes(':'));
	return new Map(lines.map((line) => [line.slice(0, line.indexOf(':')).toLowerCase(), line.slice(line.indexOf(':') + 1).trim()]));
}

const parsed = (text) => {
	try {
		return JSON.parse(text);
	} catch {
		return undefined;
	}
};

const always = ['Location', 'ETag', 'Set-Cookie', 'WWW-Authenticate', 'Retry-After'];

function faultOf(answer, { response, bodies }, headers) {
	const type = (headers.get('content-type') ?? '').split(';')[0];
	for (const name of always) {
		if (name === 'ETag' && headers.has('idempotency-replayed')) continue; // a stored answer has no ETag
		if (response.headers?.[name] && !headers.has(name.toLowerCase())) return `has no ${name}`;
	}
	if (answer.method === 'HEAD') return answer.body === '' ? null : 'a HEAD has a body';
	if (bodies.size === 0) return answer.body === '' ? null : 'has a body';
	// the web server's own errors are pages if the request asks for one
	if (type === 'text/html' && answer.status >= 400 && answer.accept?.includes('text/html')) return null;
	const validate = bodies.get(type);
	if (!validate) return `is ${type || 'without a type'}`;
	const body = type === 'text/html' ? answer.body : parsed(answer.body);
	if (body === undefined) return 'is no JSON';
	return validate(body) ? null : `${faultsOf(validate).join('; ')} in ${answer.body.slice(0, 300)}`;
}

const count = (map, key) => map.set(key, (map.get(key) ?? 0) + 1);
const problem = ajv.compile(linked({ $ref: '#/components/schemas/Problem' }));
const strangers = new Map();

// An unknown path, or a method that the path does not allow.
function strange(answer, at, headers) {
	const allowed = at.length === 0 ? [400, 404, 413, 414, 429] : [400, 405, 413, 429];
	const type = (headers.get('content-type') ?? '').split(';')[0];
	if (!allowed.includes(answer.status)) return `${answer.method} ${answer.path.slice(0, 80)}: ${answer.status}`;
	if (answer.status === 405 && answer.method !== 'HEAD' && !headers.has('allow') && type !== 'text/html') return `${answer.method} ${answer.path}: no Allow`;
	if (answer.method === 'HEAD' || (type === 'text/html' && answer.accept?.includes('text/html'))) return null;
	const body = parsed(answer.body);
	return type === 'application/problem+json' && problem(body) ? null : `${answer.method} ${answer.path.slice(0, 80)}: ${answer.status} ${type} ${faultsOf(problem).join('; ')}`;
}

function take(answer) {
	const path = answer.path.split('?')[0];
	const headers = headersOf(answer.headers);
	const at = operations.filter((o) => o.pattern.test(path));
	const method = answer.method === 'HEAD' ? 'get' : answer.method.toLowerCase();
	const operation = at.find((o) => o.path === at[0].path && o.method === method);
	if (!operation) {
		const fault = strange(answer, at, headers);
		if (fault) count(strangers, fault);
		return;
	}
	count(operation.seen, answer.status);
	const documented = operation.responses.get(answer.status);
	const fault = documented ? faultOf(answer, documented, headers) : 'is not documented';
	if (fault) count(operation.faults, `${answer.status} ${fault}`);
}

let total = 0;
for (const file of process.argv.slice(2)) {
	for (const line of readFileSync(file, 'utf8').split('\n')) {
		if (line === '') continue;
		take(JSON.parse(line));
		total += 1;
	}
}

const times = (faults) => [...faults].map(([fault, n]) => `${fault} (${n} times)`);
for (const operation of operations) {
	const success = [...operation.responses.keys()].find((status) => status < 300);
	check(`${operation.name}: answers are as documented`, times(operation.faults));
	check(`${operation.name}: succeeded at least once`, operation.seen.has(success) ? [] : [`no answer ${success} was recorded`]);
}
check('unknown paths and methods', times(strangers));
check('there were answers', total > 0 ? [] : ['none was recorded']);
console.log(`${total} answers of the API compared with docs/openapi.yaml`);
finish('answers');
