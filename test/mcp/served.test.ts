/**
 * The tool list under each policy: a tool is listed exactly if some call of it can be allowed, and
 * configuration-dependent members exist exactly if they have a meaning.
 */
import { describe, expect, it } from 'vitest';
import { parseConfig, type SettingSources } from '../../src/cli/config.ts';
import { buildCatalog, buildWorkflowCatalog } from '../../src/mcp/catalog.ts';
import { servedTools } from '../../src/mcp/served.ts';
import { operations, toolsets } from '../../src/operations/index.ts';
import { decide } from '../../src/policy/decide.ts';
import { workflows } from '../../src/tools/index.ts';

const catalog = [...buildCatalog(operations, name => name), ...buildWorkflowCatalog(workflows, name => name)];
/** Operations that are no deletions, but ask first if a call destroys something that holds data. */
const destroying = [
  ...['update_backend_api', 'update_backend_auth', 'update_backend_storage'],
  ...['import_backend_auth', 'import_backend_storage', 'provision_environment', 'change_environment'],
];
/** Operations that deploy to an environment. A person may be asked first, because a Gen 2 app may use its resources. */
const pushing = [
  ...['create_backend_auth', 'create_backend_api', 'create_backend_storage'],
  'generate_backend_api_models',
];
const configurations: SettingSources['file'][] = [
  {},
  { readOnly: true },
  ...(['destructive', 'writes', 'never'] as const).map(confirm => ({ confirm })),
  ...Object.keys(toolsets).map(name => ({ toolsets: [name] })),
  ...Object.keys(toolsets).map(name => ({ toolsets: [name], readOnly: true, confirm: 'writes' })),
  { confirmBy: 'form' },
  { confirmBy: 'form', confirm: 'writes' },
  { confirmBy: 'person' },
  { apps: ['d1abc'], protected: ['*'], readOnlyEnvironments: ['*'] },
];

describe.each(configurations)('%j', file => {
  const config = parseConfig({ file });
  const served = servedTools(catalog, config, []);

  it('lists the tools of which a call can be allowed, in the order of the catalogue', () => {
    const allowed = catalog.filter(({ subject }) => decide(subject, config).kind !== 'deny');
    expect(served.map(({ name }) => name)).toEqual(allowed.map(({ tool }) => tool.name));
  });

  it('lists confirmationToken if a token can confirm a call, and dryRun for every write', () => {
    for (const { name, inputSchema } of served) {
      const subject = catalog.find(({ tool }) => tool.name === name)?.subject;
      if (!subject) throw new Error(`no ${name}`);
      const members = Object.keys(inputSchema.properties ?? {});
      const canDestroy = [...destroying, ...pushing].includes(name) && config.confirm !== 'never';
      const asks =
        !['form', 'person'].includes(config.confirmBy) &&
        (decide(subject, config).kind === 'confirm' || canDestroy);
      expect([name, members.includes('confirmationToken')]).toEqual([name, asks]);
      expect(members.includes('dryRun')).toBe(subject.access !== 'read');
    }
  });
});

it('adds a target to every tool exactly if there are several', () => {
  const config = parseConfig({});
  for (const names of [[], ['one']])
    for (const { inputSchema } of servedTools(catalog, config, names))
      expect(inputSchema.properties).not.toHaveProperty('target');
  // A guide has no target, and an inventory takes several.
  const withoutTarget = ['find_operation', 'take_inventory'];
  for (const { name, inputSchema } of servedTools(catalog, config, ['one', 'two'])) {
    if (withoutTarget.includes(name)) continue;
    expect(inputSchema.properties).toMatchObject({ target: { type: 'string', enum: ['one', 'two'] } });
    expect(inputSchema.required).toContain('target');
  }
});

it('does not change the catalogue', () => {
  const before = JSON.stringify(catalog);
  servedTools(catalog, parseConfig({}), ['one', 'two']);
  expect(JSON.stringify(catalog)).toBe(before);
});
