/** What a change asks for besides what is stated, and what it says about that. */
import { expect, it } from 'vitest';
import type { Json } from '../../../src/lib/json.ts';
import { mergeConfig } from '../../../src/tools/change-environment/merge.ts';

const USERS = 'AMAZON_COGNITO_USER_POOLS';
const schema = 'type Order @model @auth(rules: [{ allow: owner }]) { id: ID! }';
const present = {
  transformSchema: schema,
  defaultAuthType: { mode: 'API_KEY' },
  additionalAuthTypes: [{ mode: USERS }],
};

const mergeApi = (stated: Json, mayBeRemoved = false, config: Json = present) =>
  mergeConfig('api', { config, userPoolId: 'us-east-1_ShopDev01', mayBeRemoved }, stated);
const notesOf = async (stated: Json) => (await mergeApi(stated)).notes;

it.each<[string, Json, string]>([
  ['a type that does not exist', { types: { add: 'type A { a: Foo }' } }, 'A uses Foo, but there is no such'],
  [
    'an extension by one',
    { types: { change: 'extend type Order { nope: Unknown! }' } },
    'Order uses Unknown',
  ],
  ['a type without fields', { types: { add: 'type Q' } }, 'Q has no fields'],
  ['a field twice', { schema: `${schema} type A { a: ID a: ID }` }, 'A has a twice'],
  ['a removal of nothing', { types: { remove: ['Nope'] } }, 'The schema has no Nope to remove; it has'],
  ['a change of nothing', { types: { change: 'type New { a: ID }' } }, 'A new type goes into types.add'],
  ['a provider without settings', { defaultAuthType: { mode: 'OPENID_CONNECT' } }, 'needs its provider'],
])('refuses %s', async (_, stated, message) => {
  await expect(mergeApi(stated)).rejects.toMatchObject({
    code: 'invalid_arguments',
    message: expect.stringContaining(message),
  });
});

it('leaves what was wrong before', async () => {
  const config = { ...present, transformSchema: `${schema} type Old { a: Gone }` };
  const { config: wanted } = await mergeApi({ types: { add: 'type A { a: ID }' } }, false, config);
  expect(wanted.transformSchema).toContain('type A');
});

it('takes a type for removed where an update of the API ran lately', async () => {
  const { alreadyTrue, config } = await mergeApi({ types: { remove: ['Nope'] } }, true);
  expect(alreadyTrue).toEqual([expect.stringContaining('has no Nope to remove')]);
  expect(config.transformSchema).toBe(schema);
});

it('names new tables and doubtful directives', async () => {
  expect(await notesOf({ types: { add: 'type Comment @model @modle { id: ID! }' } })).toEqual([
    expect.stringContaining('@modle (on Comment) is not a directive'),
    'A new, empty table comes: Comment.',
  ]);
});

it.each([[[]], [[{ mode: 'AWS_IAM' }]]])('says that a way ends which rules need: %j', async additional => {
  expect(await notesOf({ additionalAuthTypes: additional })).toEqual([
    expect.stringMatching(
      /^AMAZON_COGNITO_USER_POOLS no longer authorizes anybody.* @auth rules of Order need it/,
    ),
  ]);
});
