/**
 * A plan as text for a person: complete if it is short, else the first items of each kind and the number of
 * the others.
 */
import { expect, it } from 'vitest';
import type { Plan } from '../../src/call/authorize/plan.ts';
import { boundedPlan } from '../../src/call/authorize/plan-bounds.ts';
import { planText } from '../../src/mcp/plan-text.ts';

const plan: Plan = {
  account: '123456789012',
  arn: 'arn:aws:iam::123456789012:user/ann',
  region: 'us-east-1',
  target: 'shop',
  app: { id: 'd1abc', name: 'My shop' },
  environment: 'dev',
  request: { operation: 'UpdateBackendAPI', method: 'POST', path: '/', body: {} },
  changes: [
    { path: 'resourceName', after: 'shopapi' },
    { path: 'mode', before: 'API_KEY', after: 'AWS_IAM' },
    { path: 'schema.Note', before: null, after: 'type Note' },
    { path: 'schema.Tag', before: 'type Tag', after: null },
  ],
  policy: 'allowed after a person has confirmed it',
  stays: ['auth/pool'],
  remarks: ['Something else.'],
  confirmation: {
    type: 'dev',
    goes: {
      dev: [
        { resource: 'api/shopapi', service: 'AppSync', holds: ['Tag-x-dev'], note: 'not in the new schema' },
      ],
      qa: [],
    },
    alsoGoes: ['The app itself.'],
  },
};

it('is complete, line by line', () => {
  expect(planText(boundedPlan(plan))).toBe(
    [
      'UpdateBackendAPI in account 123456789012, region us-east-1, target shop (arn:aws:iam::123456789012:user/ann)',
      'App "My shop" (d1abc), environment dev',
      'This is requested:',
      '- resourceName: shopapi',
      '- mode: API_KEY → AWS_IAM',
      '- schema.Note: none → "type Note"',
      '- schema.Tag: "type Tag" → none',
      'This is deleted, with its data:',
      'Environment dev:',
      '- api/shopapi (AppSync): Tag-x-dev — not in the new schema',
      'Environment qa:',
      '- nothing that holds data',
      '- The app itself.',
      'This stays:',
      '- auth/pool',
      'Something else.',
    ].join('\n'),
  );
});

it('says that the name of the app could not be read', () => {
  expect(planText({ ...plan, app: { id: 'd1abc' } })).toContain('App d1abc (its name could not be read)');
});

it('is bounded, and says how many items are left out', () => {
  const names = (stem: string, count: number) => Array.from({ length: count }, (_, at) => `${stem}${at}`);
  const before = 'y'.repeat(100_000);
  const after = names('z', 5_000);
  const holds = names('Table', 400);
  const long: Plan = {
    ...plan,
    request: {
      ...plan.request,
      body: { schema: 'x'.repeat(1_000_000), uris: names('https://a.example/', 5_000) },
    },
    changes: names('member', 3_000).map(path => ({ path, before, after })),
    stays: names('auth/pool', 500),
    remarks: names('Remark ', 500),
    confirmation: {
      type: 'dev',
      goes: Object.fromEntries(
        names('env', 200).map(name => [
          name,
          names('api/api', 50).map(resource => ({
            resource,
            service: 'AppSync',
            holds,
          })),
        ]),
      ),
      alsoGoes: names('Thing ', 300),
    },
  };
  const bounded = boundedPlan(long);
  expect(JSON.stringify({ ...bounded, stays: [], remarks: [] }).length).toBeLessThan(60_000);
  const text = planText(bounded);
  expect(text.length).toBeLessThan(40_000);
  expect(text).toContain('and 2995 more changes, which are not shown');
  expect(text).toContain('and 9950 more resources, which are not shown');
  expect(text).toContain('Table0 and 399 more');
  expect(text).toMatch(/^- and \d{3} more$/m);
});

it('leaves room in a context window, even with long names', () => {
  const name = (at: number) => `${at}${'n'.repeat(235)}`;
  const going = Array.from({ length: 100 }, (_, at) => ({
    ...{ resource: `function/${name(at)}`, service: 'Lambda', holds: [name(at), `role${name(at)}`] },
    note: 'what its outputs name may belong to somebody else',
  }));
  const stays = Array.from({ length: 30 }, (_, at) => `storage/${name(at)}: ${name(at)}`);
  const goes = Object.fromEntries(['dev', 'qa', 'prod'].map(environment => [environment, going]));
  for (const inventory of [{ dev: going }, goes]) {
    const long = { ...plan, stays, remarks: stays, confirmation: { type: 'dev', goes: inventory } };
    const bounded = boundedPlan(long);
    expect(JSON.stringify(bounded, null, 2).length).toBeLessThanOrEqual(10_000);
    const text = planText(bounded);
    expect(text.length).toBeLessThan(10_000);
    expect(text).toMatch(/- function\/0n{70}… \(Lambda\)|"function\/0n{70}…" \(Lambda\)/);
  }
});

it('leaves out what holds no data first', () => {
  const names = Array.from({ length: 10 }, (_, at) => `env${at}`);
  const goes = Object.fromEntries(
    names.map(name => [
      name,
      [
        ...['one', 'two', 'three', 'four'].map(table => ({
          ...{ resource: `storage/${table}`, service: 'DynamoDB', holds: [`${table}-${name}`] },
          holdsData: true as const,
        })),
        ...Array(10).fill({ resource: 'function/work', service: 'Lambda', holds: [`work-${name}`, 'role'] }),
      ],
    ]),
  );
  const bounded = boundedPlan({ ...plan, confirmation: { type: 'd1abc', goes } });
  expect(JSON.stringify(bounded)).not.toContain('holdsData');
  const text = planText(bounded);
  for (const name of names)
    for (const table of ['one', 'two', 'three', 'four']) expect(text).toContain(`: ${table}-${name}`);
  expect(text).toContain('and 80 more resources, which are not shown');
});

it('names every environment of a large app, with its first deleted resources', () => {
  const names = Array.from({ length: 40 }, (_, at) => `env${at}`);
  const goes = Object.fromEntries(
    names.map(name => [
      name,
      Array(3).fill({ resource: 'auth/shop', service: 'Cognito', holds: [`pool-${name}`] }),
    ]),
  );
  const text = planText(boundedPlan({ ...plan, confirmation: { type: 'd1abc', goes } }));
  for (const name of names)
    expect(text).toContain(`Environment ${name}:\n- auth/shop (Cognito): pool-${name}`);
});

it('says how many more environments are deleted whose contents cannot be listed', () => {
  const notItemized = Array.from({ length: 70 }, (_, at) => `env${at}`);
  const bounded = boundedPlan({ ...plan, confirmation: { type: 'd1abc', notItemized } });
  expect(bounded.confirmation).toMatchObject({ notItemized: notItemized.slice(0, 50), moreNotItemized: 20 });
  expect(planText(bounded)).toContain('and 20 more environments, whose contents cannot be listed');
  const few = boundedPlan({ ...plan, confirmation: { type: 'd1abc', notItemized: ['dev'] } });
  expect(few.confirmation).not.toHaveProperty('moreNotItemized');
});
