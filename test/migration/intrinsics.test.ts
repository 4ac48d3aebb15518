/** The functions of templates, and what hostile templates cannot do: recurse, explode, run for long. */
import { performance } from 'node:perf_hooks';
import { expect, it } from 'vitest';
import { usedByGen2 } from '../../src/migration/index.ts';
import { Resolver, unresolved } from '../../src/migration/intrinsics.ts';
import { migrationPair } from '../support/migration-pair.ts';

const resolver = (conditions = {}) =>
  new Resolver({
    parameters: { env: 'dev', list: ['a', 'b'], long: 'x'.repeat(4_000) },
    conditions,
    mappings: { Regions: { west: { name: 'Ireland' } } },
    pseudo: { 'AWS::Region': 'eu-west-1' },
    physicalId: name => (name === 'Bucket' ? 'files' : undefined),
    attribute: (name, member) => (name === 'Role' && member === 'Arn' ? 'arn:role' : undefined),
    imported: name => (name === 'dev:Order' ? 'Order-x-dev' : undefined),
  });

const values: [value: unknown, resolved: unknown][] = [
  [{ Ref: 'env' }, 'dev'],
  [{ Ref: 'Bucket' }, 'files'],
  [{ Ref: 'Unknown' }, `\${Unknown}`],
  [{ a: { Ref: 'AWS::NoValue' }, b: 1 }, { b: 1 }],
  [{ 'Fn::Join': ['-', ['a', { Ref: 'env' }, 7]] }, 'a-dev-7'],
  [{ 'Fn::Join': [',', { Ref: 'list' }] }, 'a,b'],
  [{ 'Fn::GetAtt': ['Role', 'Arn'] }, 'arn:role'],
  [{ 'Fn::ImportValue': { 'Fn::Sub': `\${env}:Order` } }, 'Order-x-dev'],
  [{ 'Fn::ImportValue': 'other' }, unresolved],
  [{ 'Fn::GetAtt': 'Other.Outputs.Id' }, `\${Other.Outputs.Id}`],
  [{ 'Fn::Sub': `\${AWS::Region}/\${env}/\${Role.Arn}/\${!kept}` }, `eu-west-1/dev/arn:role/\${kept}`],
  [{ 'Fn::Sub': [`\${x}`, { x: { Ref: 'env' } }] }, 'dev'],
  [{ 'Fn::Select': [1, { 'Fn::Split': ['-', 'a-b-c'] }] }, 'b'],
  [{ 'Fn::FindInMap': ['Regions', 'west', 'name'] }, 'Ireland'],
  [{ 'Fn::If': ['IsDev', 'yes', 'no'] }, 'yes'],
  [{ 'Fn::If': ['IsBoth', 'yes', 'no'] }, 'no'],
  [{ 'Fn::If': ['Missing', 'yes', 'no'] }, unresolved],
  [{ 'Fn::If': ['Loop', 'yes', 'no'] }, unresolved],
  [{ 'Fn::ImportValue': 'x' }, unresolved],
  [{ 'Fn::Join': 'x' }, unresolved],
  [{ Ref: 7 }, unresolved],
];

it.each(values)('resolves %j', (value, resolved) => {
  const conditions = {
    IsDev: { 'Fn::Equals': [{ Ref: 'env' }, 'dev'] },
    IsBoth: { 'Fn::And': [{ Condition: 'IsDev' }, { 'Fn::Not': [{ Condition: 'IsDev' }] }] },
    Loop: { 'Fn::Not': [{ Condition: 'Loop' }] },
  };
  expect(resolver(conditions).resolve(value)).toEqual(resolved);
});

it('bounds what a template can make it do', () => {
  const found = resolver();
  let deep: unknown = 'x';
  for (let level = 0; level < 50_000; level += 1) deep = [deep];
  expect(found.resolve({ 'Fn::Join': ['', deep] })).toBe(`\${?}`);
  const long = { 'Fn::Join': ['', [{ Ref: 'long' }, { Ref: 'long' }]] };
  expect(found.resolve(long)).toBe(unresolved);
  const wide = Array.from({ length: 1_000 }, () => Array.from({ length: 1_000 }, () => ({ Ref: 'env' })));
  found.resolve(wide);
  expect(found.exhausted).toBe(true);
});

it('reads a template of a megabyte in the time of its parsing, about', () => {
  const facts = migrationPair(['Order']);
  const name = { 'Fn::Join': ['', Array.from({ length: 500 }, () => ({ Ref: 'env' }))] };
  const table = { Type: 'AWS::DynamoDB::Table', Properties: { TableName: name } };
  const resources = Object.fromEntries(Array.from({ length: 200 }, (_, at) => [`T${at}`, table]));
  const text = JSON.stringify({ Parameters: { env: {} }, Resources: resources });
  expect(text.length).toBeGreaterThan(1_000_000);
  const template = JSON.parse(text);
  const start = performance.now();
  JSON.parse(text);
  const parsing = performance.now() - start;
  const before = performance.now();
  usedByGen2({ ...facts, gen1: [{ name: 'root', template, parameters: { env: 'd' }, outputs: {} }] });
  expect((performance.now() - before) / parsing).toBeLessThan(100);
});
