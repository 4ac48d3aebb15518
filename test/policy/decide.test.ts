/**
 * The policy for every operation and every single setting, and for settings in combination: what is served,
 * what is refused and by which setting, and what needs a confirmation.
 */
import { describe, expect, it } from 'vitest';
import { parseConfig } from '../../src/cli/config.ts';
import { type Operation, operations, toolsetOf, toolsets } from '../../src/operations/index.ts';
import {
  type Decision,
  decide,
  type PolicyCase,
  type PolicySettings,
  type PolicySubject,
  refusalText,
  refuseToTouch,
  type Scope,
  scopeOf,
  scopes,
} from '../../src/policy/decide.ts';

const open: PolicySettings = parseConfig({});
const subjectOf = (operation: Operation) => ({ ...operation, toolset: toolsetOf(operation) });
const operationOf = (toolName: string) => {
  const operation = operations.find(candidate => candidate.toolName === toolName);
  if (!operation) throw new Error(`no ${toolName}`);
  return operation;
};

const dev = { appId: 'd1app', backendEnvironmentName: 'dev' };
const judge = (toolName: string, settings: Partial<PolicySettings>, given: Partial<PolicyCase> = {}) =>
  decide(subjectOf(operationOf(toolName)), { ...open, ...settings }, { args: dev, ...given });
const refusedBy = (decision: Decision) => (decision.kind === 'deny' ? decision.setting : decision.kind);

describe.each(operations)('$toolName', operation => {
  const subject = subjectOf(operation);
  const isRead = operation.access === 'read';

  it('is served by default, and needs a confirmation exactly if it deletes', () => {
    const expected = operation.access === 'delete' ? 'confirm' : 'allow';
    expect(decide(subject, open).kind).toBe(expected);
    expect(decide(subject, { ...open, confirm: 'never' }).kind).toBe('allow');
    expect(decide(subject, { ...open, confirm: 'writes' }).kind).toBe(isRead ? 'allow' : 'confirm');
  });

  it('is served read-only exactly if it reads; creating a credential is not a read', () => {
    expect(refusedBy(decide(subject, { ...open, readOnly: true }))).toBe(isRead ? 'allow' : 'readOnly');
  });

  it.each(Object.keys(toolsets))('is served in the toolset %s exactly if it belongs to it', name => {
    const decision = decide(subject, { ...open, toolsets: [name as keyof typeof toolsets] });
    expect(decision.kind === 'deny').toBe(toolsetOf(operation) !== name);
  });

  it('is refused for an excluded app', () => {
    const other = decide(subject, { ...open, apps: ['d1other'] }, { args: dev, environments: [] });
    expect(refusedBy(other)).toBe('apps');
    const target = decide(subject, open, { args: dev, environments: [], targetApps: ['d1other'] });
    expect(refusedBy(target)).toBe('targets');
    const same = decide(subject, { ...open, apps: ['d1app'] }, { args: dev, environments: [] });
    expect(same.kind).not.toBe('deny');
  });

  it.each(['protected', 'readOnlyEnvironments'] as const)('does not change %s environments', setting => {
    const decision = decide(subject, { ...open, [setting]: ['d*'] }, { args: dev, environments: ['dev'] });
    expect(refusedBy(decision)).toBe(isRead ? 'allow' : setting);
    const unnamed = decide(subject, { ...open, [setting]: ['prod'] }, { args: dev, environments: ['dev'] });
    expect(unnamed.kind).not.toBe('deny');
  });

  it('is refused as a call exactly if it is not listed', () => {
    for (const settings of [
      { readOnly: true },
      ...Object.keys(toolsets).map(name => ({ toolsets: [name] })),
    ]) {
      const merged = { ...open, ...settings } as PolicySettings;
      const listed = decide(subject, merged);
      const called = decide(subject, merged, { args: dev, environments: [] });
      expect(called).toEqual(listed);
    }
  });
});

describe('the ways to a tool', () => {
  const compact = { surface: 'compact' as const };

  it('is refused by its name on the compact surface, and not through another tool or as a step', () => {
    expect(refusedBy(judge('get_backend', compact))).toBe('surface');
    for (const via of ['run_operation', 'step'] as const)
      expect(judge('get_backend', compact, { via }).kind).toBe('allow');
  });

  it('lets a step through whatever toolsets are served, and the call of it not', () => {
    const settings = { toolsets: ['workflows' as const] };
    expect(judge('get_backend', settings, { via: 'step' }).kind).toBe('allow');
    expect(refusedBy(judge('get_backend', settings, { via: 'run_operation' }))).toBe('toolsets');
  });

  it("refuses what the caller's token does not allow, in every way", () => {
    const settings = { scopes: ['amplify:read' as const] };
    expect(judge('get_backend', settings).kind).toBe('allow');
    for (const via of [undefined, 'run_operation', 'step'] as const) {
      expect(refusedBy(judge('delete_backend', settings, { via }))).toBe('scopes');
      expect(refusedBy(judge('create_backend', settings, { via }))).toBe('scopes');
    }
  });
});

describe('what the surface serves', () => {
  const subject = (more: Partial<PolicySubject>): PolicySubject => ({
    ...{ toolName: 'a_tool', access: 'read', toolset: 'workflows', everyEnvironment: false },
    ...more,
  });
  const finder = subject({ guide: 'finds' });
  const runner = subject({ guide: 'runs' });
  const served = (one: PolicySubject, surface: 'full' | 'compact', toolsets: PolicySettings['toolsets']) =>
    refusedBy(decide(one, { ...open, surface, toolsets }));

  it.each<[string, PolicySubject, 'full' | 'compact', PolicySettings['toolsets'], string]>([
    ['a workflow on either surface', subject({}), 'full', ['workflows'], 'allow'],
    ['a workflow on either surface', subject({}), 'compact', ['workflows'], 'allow'],
    ['no workflow whose toolset is left out', subject({}), 'compact', ['auth'], 'toolsets'],
    ['the finder where its toolset is', finder, 'full', ['workflows'], 'allow'],
    ['no finder where its toolset is left out', finder, 'full', ['auth'], 'toolsets'],
    ['the finder on the compact surface, whatever the toolsets', finder, 'compact', ['auth'], 'allow'],
    ['the runner on the compact surface, whatever the toolsets', runner, 'compact', ['auth'], 'allow'],
    ['no runner where all have names of their own', runner, 'full', ['workflows'], 'surface'],
  ])('%s', (_, one, surface, toolsets, expected) => {
    expect(served(one, surface, toolsets)).toBe(expected);
  });
});

describe('the scope of a tool', () => {
  it.each<[PolicySubject['access'], Scope]>([
    ['read', 'amplify:read'],
    ['create', 'amplify:write'],
    ['update', 'amplify:write'],
    ['secret', 'amplify:write'],
    ['delete', 'amplify:destroy'],
  ])('that %ss is %s, and no other suffices', (access, scope) => {
    expect(scopeOf({ access })).toBe(scope);
    const subject = { ...subjectOf(operationOf('get_backend')), access };
    const under = (...held: Scope[]) => refusedBy(decide(subject, { ...open, scopes: held }));
    expect(under(scope)).toBe(access === 'delete' ? 'confirm' : 'allow');
    expect(under(...scopes.filter(other => other !== scope))).toBe('scopes');
    expect(under()).toBe('scopes');
  });
});

it('what would destroy data needs the scope of a deletion too, even where nothing is confirmed', () => {
  const held = { confirm: 'never', scopes: ['amplify:read', 'amplify:write'] } as const;
  const refused = judge('update_backend_api', held, { destroys: true });
  expect(refused).toMatchObject({ setting: 'scopes', why: expect.stringContaining('ask for that scope') });
  expect(judge('update_backend_api', held, { destroys: false }).kind).toBe('allow');
  const all = { ...held, scopes };
  expect(judge('update_backend_api', all, { destroys: true }).kind).toBe('allow');
});

it('a refusal names the setting and the tool, and says that nothing was sent', () => {
  const refusal = judge('clone_backend', { readOnly: true });
  expect(refusal.kind === 'deny' && refusalText('clone_backend', refusal)).toBe(
    'The setting readOnly refuses clone_backend: only tools that read are served. Nothing was sent to AWS.',
  );
});

it('a question names the setting that asks', () => {
  expect(judge('delete_backend', {})).toEqual({ kind: 'confirm', setting: 'confirm' });
});

describe('combined rules', () => {
  it('apply each of several patterns', () => {
    const settings = { protected: ['prod', 'd*'] };
    expect(refusedBy(judge('delete_backend', settings))).toBe('protected');
  });

  it('finds no environment and no app in arguments that name none', () => {
    const args = { appId: 'd1app' };
    expect(judge('create_token', { protected: ['*'] }, { args }).kind).toBe('allow');
    expect(judge('get_backend', { apps: ['d1other'] }, { args: {} }).kind).toBe('allow');
  });

  it('reads a protected source, and never clones into a protected name', () => {
    const clone = (from: string, to: string) =>
      judge(
        'clone_backend',
        { protected: ['prod*'] },
        {
          args: { appId: 'd1app', backendEnvironmentName: from, targetEnvironmentName: to },
        },
      );
    expect(clone('prod', 'qa').kind).toBe('allow');
    expect(refusedBy(clone('dev', 'prodeu'))).toBe('protected');
  });

  it('refuses to remove all where one is protected, or where it cannot know', () => {
    const all = (environments?: string[]) =>
      judge('remove_all_backends', { protected: ['prod'] }, { args: { appId: 'd1app' }, environments });
    expect(refusedBy(all(['dev', 'prod']))).toBe('protected');
    expect(refusedBy(all(undefined))).toBe('protected');
    expect(all(['dev', 'qa']).kind).toBe('confirm');
  });

  it('asks about what reaches a Gen 2 app as about what deletes, without the scope of a deletion', () => {
    const asked = (confirm: 'destructive' | 'writes' | 'never', reachesGen2: boolean) =>
      judge('update_backend_api', { confirm }, { reachesGen2 }).kind;
    expect(asked('destructive', true)).toBe('confirm');
    expect(asked('destructive', false)).toBe('allow');
    expect(asked('never', true)).toBe('allow');
    const scopes = ['amplify:read', 'amplify:write'] as const;
    expect(judge('update_backend_api', { scopes }, { reachesGen2: true }).kind).toBe('confirm');
  });

  it('asks about what destroys as about what deletes, whatever it is by its kind', () => {
    const asked = (confirm: 'destructive' | 'writes' | 'never', destroys: boolean) =>
      judge('update_backend_api', { confirm }, { destroys }).kind;
    expect(asked('destructive', true)).toBe('confirm');
    expect(asked('destructive', false)).toBe('allow');
    expect(asked('writes', false)).toBe('confirm');
    expect(asked('never', true)).toBe('allow');
    expect(refusedBy(judge('update_backend_api', { protected: ['dev'] }, { destroys: true }))).toBe(
      'protected',
    );
  });

  it('keeps read-only environments from being removed with all others, where nothing is confirmed too', () => {
    const settings = { readOnlyEnvironments: ['prod'], confirm: 'never' as const };
    const all = (environments?: string[]) =>
      refusedBy(judge('remove_all_backends', settings, { args: { appId: 'd1app' }, environments }));
    expect(all(['dev', 'prod'])).toBe('readOnlyEnvironments');
    expect(all(undefined)).toBe('readOnlyEnvironments');
    expect(all(['dev'])).toBe('allow');
  });

  it("holds a target's apps on top of the global ones", () => {
    const judged = (apps: string[], targetApps: string[]) =>
      refusedBy(judge('get_backend', { apps }, { targetApps }));
    expect(judged(['d1app'], ['d1app'])).toBe('allow');
    expect(judged(['d1app'], ['d1other'])).toBe('targets');
    expect(judged([], ['d1other'])).toBe('targets');
    expect(judged(['d1other'], ['d1app'])).toBe('apps');
  });

  it('lets the strictest rule win: a refusal comes before a question', () => {
    expect(refusedBy(judge('delete_backend', { protected: ['dev'], confirm: 'never' }))).toBe('protected');
    expect(refusedBy(judge('delete_backend', { readOnly: true, protected: ['dev'] }))).toBe('readOnly');
  });

  it.each([
    ['prod', 'prod', true],
    ['prod', 'production', false],
    ['prod*', 'production', true],
    ['*', 'NONE', true],
    ['qa?', 'qa1', true],
    ['qa?', 'qa', false],
    ['a-b_c', 'a-b_c', true],
  ])('reads the pattern %s against %s as %s', (pattern, name, fits) => {
    const decision = judge(
      'delete_backend',
      { protected: [pattern] },
      { args: { ...dev, backendEnvironmentName: name } },
    );
    expect(decision.kind === 'deny').toBe(fits);
  });
});

describe('whether an app may be touched', () => {
  const settings = (more: Partial<PolicySettings>) => ({ ...open, ...more });

  it.each([
    ['no limits', {}, undefined, undefined],
    ['the setting names it', { apps: ['d1app'] }, undefined, undefined],
    ['the target names it', {}, ['d1app', 'd1other'], undefined],
    ['the setting names others', { apps: ['d1other'] }, ['d1app'], 'apps'],
    ['the target names others', { apps: ['d1app'] }, ['d1other'], 'targets'],
    ['the token may read', { scopes: ['amplify:read'] }, undefined, undefined],
    ['the token may not read', { scopes: ['amplify:write'] }, undefined, 'scopes'],
  ] as const)('%s', (_, more, targetApps, setting) => {
    expect(refuseToTouch('d1app', settings(more), targetApps)?.setting).toBe(setting);
  });

  it('does not depend on which tools are served, and agrees with the decision on a read', () => {
    for (const surface of ['full', 'compact'] as const)
      for (const apps of [[], ['d1app'], ['d1other']]) {
        const given = settings({ surface, toolsets: [], apps });
        const decision = judge('get_backend', given, { via: 'step' });
        expect(refuseToTouch('d1app', given, undefined)?.kind ?? 'allow').toBe(decision.kind);
      }
  });
});
