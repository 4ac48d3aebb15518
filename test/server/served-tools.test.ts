/** The served tools: created once for callers who see the same, never shared with callers who see others. */
import { expect, it } from 'vitest';
import { parseConfig } from '../../src/cli/config.ts';
import { createServedTools } from '../../src/server/served-tools.ts';

const policy = parseConfig({});
const targets = ['one', 'two'];

it('are shared by callers whose policies differ only in apps and environments', () => {
  const servedFor = createServedTools();
  const mine = servedFor(policy, targets);
  const other = { ...policy, apps: ['d1'], protected: ['prod'], readOnlyEnvironments: ['qa'] };
  expect(servedFor(other, [...targets])).toBe(mine);
});

it.each<[string, Partial<typeof policy> & { scopes?: ['amplify:read'] }, string[]]>([
  ['what may be written', { readOnly: true }, targets],
  ['scopes', { scopes: ['amplify:read'] }, targets],
  ['what is asked about', { confirm: 'never' }, targets],
  ['toolsets', { toolsets: ['workflows'] }, targets],
  ['the surface', { surface: 'compact' }, targets],
  ['targets', {}, ['one', 'three']],
  ['the number of targets', {}, ['one']],
])('are separate for callers who differ in %s', (_, more, names) => {
  const servedFor = createServedTools();
  const mine = servedFor(policy, targets).surface;
  const other = servedFor({ ...policy, ...more }, names).surface;
  expect(other).not.toBe(mine);
  expect(JSON.stringify(other.tools)).not.toBe(JSON.stringify(mine.tools));
});

it('are found with the arguments that the caller sees', async () => {
  const servedFor = createServedTools();
  const find = async (names: string[]) => {
    const { found } = await servedFor(policy, names).findTools('clone dev to qa');
    const [best] = found;
    return best?.tool as { name: string; inputSchema: { properties: object } };
  };
  const [mine, others, alone] = [await find(targets), await find(['three', 'four']), await find([])];
  expect([mine.name, others.name, alone.name]).toEqual(Array(3).fill('clone_environment'));
  expect(mine.inputSchema.properties).toMatchObject({ target: { enum: targets } });
  expect(others.inputSchema.properties).toMatchObject({ target: { enum: ['three', 'four'] } });
  expect(alone.inputSchema.properties).not.toHaveProperty('target');
});

it('are found only if they are served', async () => {
  const servedFor = createServedTools();
  servedFor(policy, []);
  const { found } = await servedFor({ ...policy, readOnly: true }, []).findTools('clone dev to qa');
  expect(found.length).toBeGreaterThan(0);
  expect(found.map(({ tool }) => tool.name)).not.toContain('clone_environment');
});
