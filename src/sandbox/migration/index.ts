/** Sets how far the migration of an environment to Gen 2 has come: app variable, stack policy, branch and stacks. */
import { type Json, objectOf, textOf } from '../../lib/json.ts';
import { badRequest } from '../service-error.ts';
import { type Stack, stackType, viewStack } from '../stacks/stack.ts';
import { templateBodyOf } from '../stacks/template-bodies.ts';
import { type App, findApp, findEnvironment, type State } from '../state.ts';
import { addHolding, createGen2, type Gen2Stacks } from './gen2-stacks.ts';
import { moveInto } from './move.ts';
import { type MigrationState, migrationStates, partsOf } from './states.ts';

/** The app's variable that AWS's tool sets when it locks. */
const VARIABLE = 'GEN2_MIGRATION_ENVIRONMENT_NAME';

/** The policy that AWS's tool attaches to the root stack. */
const lockPolicy: Json = {
  Statement: [{ Effect: 'Deny', Action: 'Update:*', Principal: '*', Resource: '*' }],
};

interface MigrationRequest {
  readonly appId: string;
  readonly environment: string;
  readonly state: MigrationState;
  /** The Gen 2 branch; default `gen2-main`. */
  readonly branch: string;
  /** The app that the Gen 2 backend belongs to; default the environment's own. It is created where it does not exist. */
  readonly gen2App: string;
  /** Whether the variable and the stack policy are set, as AWS's tool sets them in its first step; default true. */
  readonly isLocked: boolean;
}

const members = ['appId', 'environment', 'state', 'branch', 'gen2App', 'locked'];

/** @throws ServiceError 400 that names the invalid member */
function readRequest(body: Json): MigrationRequest {
  const unknown = Object.keys(body).find(name => !members.includes(name));
  if (unknown !== undefined)
    throw badRequest(`Unknown member ${JSON.stringify(unknown)}; allowed: ${members.join(', ')}`);
  const [appId, environment, branch = 'gen2-main'] = [body.appId, body.environment, body.branch].map(textOf);
  if (appId === undefined || environment === undefined)
    throw badRequest('appId and environment are required');
  const state = migrationStates.find(one => one === body.state);
  if (!state) throw badRequest(`state is not one of ${migrationStates.join(', ')}`);
  const { locked = true, gen2App = appId } = body;
  if (typeof gen2App !== 'string' || !/^d[a-z0-9]{1,19}$/.test(gen2App))
    throw badRequest('gen2App is not an app id');
  if (typeof locked !== 'boolean') throw badRequest('locked is not a boolean');
  return { appId, environment, state, branch, gen2App, isLocked: locked };
}

/** Remembers the present state of stacks. @returns restores it */
function rememberStacks(stacks: readonly Stack[]): () => void {
  const before = stacks.map(stack => ({ stack, copy: { ...stack, events: [...stack.events] } }));
  return () => {
    for (const { stack, copy } of before) {
      stack.events.splice(0, stack.events.length, ...copy.events);
      for (const member of ['template', 'outputs', 'policy'] as const)
        if (copy[member] === undefined) delete stack[member];
        else Object.assign(stack, { [member]: copy[member] });
    }
  };
}

/** Gives the resources of a stack the deletion policy that AWS's tool sets last: all but nested stacks. */
function retain(state: State, stack: Stack): void {
  const view = viewStack(stack, Number.POSITIVE_INFINITY);
  if (!view) return;
  const template = templateBodyOf(state, view);
  const resources = Object.entries(objectOf(template.Resources)).map(([id, resource]) => [
    id,
    {
      ...objectOf(resource),
      ...(objectOf(resource).Type !== stackType && {
        DeletionPolicy: 'Retain',
        UpdateReplacePolicy: 'Retain',
      }),
    },
  ]);
  stack.template = { ...template, Resources: Object.fromEntries(resources) };
}

/**
 * Sets the state of a migration, after undoing what an earlier call set for the environment.
 * @param body of `PUT /_sandbox/migration` @param now epoch milliseconds
 * @throws ServiceError 400 that names the invalid member, 404 for an unknown app or environment
 */
export function setMigration(state: State, body: Json, now: number): unknown {
  const request = readRequest(body);
  const { appId, environment: name, branch, gen2App } = request;
  const app = findApp(state, appId);
  const environment = findEnvironment(state, appId, name);
  const root = state.stacks.get(environment.deployment?.stackId ?? '');
  if (!root) throw badRequest(`environment ${name} has no stack`);
  const key = `${appId}/${name}`;
  state.migrations.get(key)?.();
  state.migrations.delete(key);
  const { isLocked: hasBegun, tables, moved, holding, isRetained } = partsOf[request.state];
  if (!hasBegun) return { appId, environment: name, state: request.state };

  const gen1 = [...state.stacks.values()].filter(
    ({ id, parentId, rootId }) => id === root.id || parentId === root.id || rootId === root.id,
  );
  const restore = rememberStacks(gen1);
  const { variables } = app;
  const isNewApp = !state.apps.has(gen2App);
  const owner: App = state.apps.get(gen2App) ?? {
    ...{ appName: `${app.appName}-gen2`, environments: new Map(), branches: new Map(), tokens: new Map() },
  };
  const made: Stack[] = [];
  state.migrations.set(key, () => {
    restore();
    if (variables) app.variables = variables;
    else delete app.variables;
    for (const { id } of made) state.stacks.delete(id);
    if (made.some(({ id }) => id === owner.branches.get(branch)?.stackArn)) owner.branches.delete(branch);
    if (isNewApp) state.apps.delete(gen2App);
  });
  if (request.isLocked) {
    app.variables = { ...variables, [VARIABLE]: name };
    root.policy = lockPolicy;
  }
  let gen2: Gen2Stacks | undefined;
  if (tables) {
    if (isNewApp) state.apps.set(gen2App, owner);
    gen2 = createGen2(state, { appId: gen2App, branch, environment, gen1, tables, now });
    made.push(...gen2.all);
    owner.branches.set(branch, { name: branch, stage: 'PRODUCTION', stackArn: gen2.root.id });
  }
  for (const category of ['auth', 'storage'] as const) {
    const to = gen2?.[category];
    const status = holding[category];
    if (to && status !== undefined) made.push(addHolding(state, to, status, now));
    if (to && moved.includes(category)) moveInto(state, gen1, to, gen2?.root, now);
  }
  // AWS's tool leaves the root alone.
  if (isRetained) for (const stack of gen1) if (stack !== root) retain(state, stack);
  return { appId, environment: name, state: request.state, ...(gen2 && { branch, stack: gen2.root.name }) };
}
