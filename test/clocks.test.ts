/**
 * The files that may read the machine's clock, which people and NTP set, each with the reason. Everything
 * else uses the monotonic clock of `lib/clock.ts`.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { parseSync, Visitor } from 'rolldown/utils';
import { expect, it } from 'vitest';

/** Files of src/, and why each needs the machine's clock. */
const readers: Readonly<Record<string, string>> = {
  'lib/clock.ts': 'tells how far the machine is ahead of the monotonic clock',
  'server/used-confirmations.ts': 'files bear the times of the machine',
  'aws/retry.ts': 'the SDK tells Retry-After as a time on the clock of the machine',
  'aws/credentials.ts': 'keys also expire while the machine sleeps',
  'aws/inspect.ts': 'the clock of the machine is what is examined: signatures bear it',
  'aws/shared-files.ts': 'files bear the times of the machine',
  'secrets/vault.ts': 'a time that people read',
  'cli/install/index.ts': 'a time in the name of a copy, which people read',
  'cli/doctor.ts': 'a time that people read',
  'call/audit/index.ts': 'a time that people read',
  'call/authorize/confirmation-store.ts': 'expiry that is sealed for other processes',
  'secrets/seal.ts': 'expiry that is sealed for other processes',
  'server/gateway.ts': 'the end of a token, which its issuer wrote',
  'server/lease.ts': 'the end of tokens, which their issuer wrote',
  'http/expiry.ts': 'the end of a token, which its issuer wrote',
  'http/token-refusal.ts': 'the end of a token, which its issuer wrote',
  'replicas/envelopes.ts': 'expiry that is sealed for other processes',
  'mcp/job-task.ts': 'a time that people read',
  'mcp/tasks.ts': 'a time that people read',
  'mcp/page-question.ts': 'a time that people read',
  'mcp/workflow-run.ts': 'a time that people read',
  'sandbox/index.ts': "it is AWS's clock there",
  'tools/shared/snapshot/index.ts': 'a time that people read',
};

/** Whether a source reads the machine's clock: `Date.now`, `new Date()` or `Date()`. */
function readsClock(file: string, source: string): boolean {
  if (!source.includes('Date')) return false;
  const { program } = parseSync(file, source);
  let isReader = false;
  const isDate = (node: { readonly type: string }) =>
    node.type === 'Identifier' && (node as { readonly name?: string }).name === 'Date';
  new Visitor({
    MemberExpression: ({ object, property }) => {
      isReader ||= isDate(object) && property.type === 'Identifier' && property.name === 'now';
    },
    NewExpression: ({ callee, arguments: given }) => {
      isReader ||= isDate(callee) && given.length === 0;
    },
    CallExpression: ({ callee }) => {
      isReader ||= isDate(callee);
    },
  }).visit(program);
  return isReader;
}

const folder = new URL('../src/', import.meta.url);
const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter(file => file.endsWith('.ts'));

it("only these files read the machine's clock", () => {
  const found = files.filter(file => readsClock(file, readFileSync(new URL(file, folder), 'utf8')));
  expect(found.filter(file => readers[file] === undefined)).toEqual([]);
});

it.each([
  ['const a = Date.now();', true],
  ['const a = { now: Date.now };', true],
  ['const a = new Date().toISOString();', true],
  ['const a = Date();', true],
  ['const a = new Date(5);', false],
  ['const a = Date.parse(b);', false],
  ['const a = performance.now();', false],
])('%s: %s', (source, isReader) => {
  expect(readsClock('x.ts', source)).toBe(isReader);
});
