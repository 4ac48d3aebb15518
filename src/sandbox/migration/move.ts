/**
 * Moves stateful resources between stacks as CloudFormation's stack refactoring does: the physical resource stays, its
 * old stack no longer has it, and no event of a deletion is written.
 */
import { objectOf } from '../../lib/json.ts';
import { heldIn, type Stack, type StackEvent } from '../stacks/stack.ts';
import type { State } from '../state.ts';
import { refreshOutputs, STORAGE_TABLE, TABLE, tableStem } from './gen2-stacks.ts';

/** The types that AWS's tool moves. Model tables are not among them: Gen 2 uses them by name. */
const movedTypes = [
  'AWS::Cognito::UserPool',
  'AWS::Cognito::UserPoolClient',
  'AWS::Cognito::IdentityPool',
  'AWS::S3::Bucket',
  TABLE,
];

/** Whether a Gen 1 table does not belong to a model, and the Gen 2 table is named after it. */
const isSameTable = (one: StackEvent, inGen2: string) =>
  one.logicalId === STORAGE_TABLE && inGen2.startsWith(tableStem(one.physicalId));

/** Removes a resource from a stack. @returns its physical id; undefined if the stack does not have it */
function take(stack: Stack, logicalId: string): string | undefined {
  const physicalId = heldIn(stack).find(one => one.logicalId === logicalId)?.physicalId;
  const rest = stack.events.filter(event => event.logicalId !== logicalId);
  stack.events.splice(0, stack.events.length, ...rest);
  if (stack.template) {
    const { [logicalId]: _, ...resources } = objectOf(stack.template.Resources);
    stack.template = { ...stack.template, Resources: resources };
  }
  return physicalId;
}

function put(
  stack: Stack,
  resource: { readonly logicalId: string; readonly physicalId: string; readonly type: string },
  at: number,
): void {
  stack.events.push({ at, ...resource, status: 'IMPORT_COMPLETE' });
}

/** Moves the resources of Gen 1 into a Gen 2 stack, and the resources that they replace into its holding stack. */
export function moveInto(
  state: State,
  gen1: readonly Stack[],
  to: Stack,
  root: Stack | undefined,
  now: number,
): void {
  const holding = [...state.stacks.values()].find(({ name }) => name === `${to.name}-holding`);
  // The bucket of the root stack holds deployments and stays.
  const nested = gen1.filter(({ parentId }) => parentId !== undefined);
  const template = to.template;
  for (const { logicalId, physicalId, type } of heldIn(to)) {
    if (!movedTypes.includes(type)) continue;
    const isCounterpart = (one: StackEvent) =>
      one.type === type && (type !== TABLE || isSameTable(one, logicalId));
    const from = nested.find(stack => heldIn(stack).some(isCounterpart));
    const moving = from && heldIn(from).find(isCounterpart);
    if (!from || !moving) continue;
    take(to, logicalId);
    if (holding) put(holding, { logicalId, physicalId, type }, now);
    take(from, moving.logicalId);
    put(to, { logicalId, type, physicalId: moving.physicalId }, now);
  }
  // The template of the Gen 2 stack keeps the logical ids.
  if (template) to.template = template;
  if (root) refreshOutputs(root, to);
}
