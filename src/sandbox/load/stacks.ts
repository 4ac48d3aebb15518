/**
 * Creates the stacks of a loaded environment: the root and its nested stacks, each with a history that ends in the
 * requested status. Stacks that the request leaves out are derived from the meta.
 */
import { objectOf, textOf } from '../../lib/json.ts';
import type { Deployment } from '../resources.ts';
import { nestedCreation, newNested } from '../stacks/nested.ts';
import { userInitiated } from '../stacks/reasons.ts';
import { derivedUuid, type Stack, type Stacks, stackArn, stackType } from '../stacks/stack.ts';
import { creationSteps, resourceStep, type Step, stackStep, writeEvents } from '../stacks/steps.ts';
import { rootResources, type Template, type TemplateResource } from '../stacks/templates.ts';
import { matchChildren, parentNames } from './nesting.ts';
import { physicalIdOf } from './physical-ids.ts';
import type { StackRequest } from './request.ts';

/** The stacks to load, and the time that their history covers. */
export interface Loading {
  readonly stacks: Stacks;
  readonly requests: readonly StackRequest[];
  /** Start of the history in epoch milliseconds; it ends at `now`. */
  readonly since: number;
  readonly now: number;
}

const creationStatuses = ['CREATE_IN_PROGRESS', 'CREATE_COMPLETE'];

const statusSuffixes = ['_COMPLETE_CLEANUP_IN_PROGRESS', '_IN_PROGRESS', '_COMPLETE', '_FAILED'];

/** The statuses through which a stack comes to a status, that status included. */
function statusesUpTo(status: string): readonly string[] {
  if (status === 'REVIEW_IN_PROGRESS' || status === 'CREATE_IN_PROGRESS') return [status];
  if (status.startsWith('CREATE_')) return ['CREATE_IN_PROGRESS', status];
  const ending = statusSuffixes.find(one => status.endsWith(one)) ?? '';
  const phase = status.slice(0, status.length - ending.length);
  const under = `${phase}_IN_PROGRESS`;
  return [
    ...(phase === 'ROLLBACK' ? ['CREATE_IN_PROGRESS'] : creationStatuses),
    ...(phase.endsWith('_ROLLBACK') ? [`${phase.slice(0, -'_ROLLBACK'.length)}_IN_PROGRESS`] : []),
    ...(status === under ? [status] : [under, status]),
  ];
}

/** A stack to load, with its resources. */
interface PlannedStack {
  readonly stack: Stack;
  readonly request: StackRequest;
  readonly resources: readonly TemplateResource[];
}

const nameOf = (request: StackRequest, root: Deployment | undefined) => request.name ?? root?.stackName ?? '';

function resourcesIn(request: StackRequest, stack: Stack, children: readonly Stack[]): TemplateResource[] {
  const declared = Object.entries(objectOf(request.template?.Resources));
  const nested = matchChildren(
    declared.map(([logicalId]) => logicalId),
    children,
  );
  return declared.map(([logicalId, resource]) => {
    const type = textOf(objectOf(resource).Type) ?? 'AWS::CloudFormation::CustomResource';
    const physicalId =
      (type === stackType ? nested.get(logicalId)?.id : physicalIdOf(request, logicalId, type)) ??
      `${stack.name}-${logicalId}`;
    return { logicalId, type, physicalId };
  });
}

/** Plans the stacks of the request, parents before their nested stacks. */
function planGiven({ requests }: Loading, root: Deployment | undefined): PlannedStack[] {
  const parents = parentNames(
    requests.map(request => ({ name: nameOf(request, root), template: request.template })),
    root?.stackName,
  );
  const depthOf = (name: string, depth = 0): number => {
    const parent = parents.get(name);
    return parent === undefined || depth > requests.length ? depth : depthOf(parent, depth + 1);
  };
  const sorted = [...requests].sort((a, b) => depthOf(nameOf(a, root)) - depthOf(nameOf(b, root)));
  const byName = new Map<string, Stack>();
  const planned = sorted.map(request => {
    const name = nameOf(request, root);
    const isRoot = name === root?.stackName;
    const parent = parents.get(name);
    const above = byName.get(parent ?? '');
    const parentId = parent === root?.stackName ? root?.stackId : above?.id;
    const rootId = above?.rootId ?? above?.parentId ?? (above ? above.id : root?.stackId);
    const stack: Stack = {
      name,
      id: isRoot && root ? root.stackId : stackArn(name, derivedUuid(name)),
      ...(parentId !== undefined && { parentId }),
      ...(parentId !== undefined && rootId !== undefined && rootId !== parentId && { rootId }),
      description: textOf(request.template?.Description) ?? '',
      events: [],
      ...(request.template && { template: request.template }),
      parameters: request.parameters,
      outputs: request.outputs,
    };
    byName.set(name, stack);
    return { stack, request };
  });
  const all = [...byName.values()];
  return planned.map(({ stack, request }) => ({
    ...{ stack, request },
    resources: resourcesIn(
      request,
      stack,
      all.filter(({ parentId }) => parentId === stack.id),
    ),
  }));
}

/** The steps from the stack's creation to its status, with the resource that failed on the way. */
function stepsAfterCreation(
  { stack, request }: PlannedStack,
  resources: readonly TemplateResource[],
): Step[] {
  const { status, reason } = request;
  const statuses = statusesUpTo(status).slice(statusesUpTo(status).includes('CREATE_COMPLETE') ? 2 : 1);
  const [culprit] = resources;
  const verb = status.startsWith('DELETE') ? 'DELETE' : status.startsWith('ROLLBACK') ? 'CREATE' : 'UPDATE';
  const wentWrong = reason !== undefined && culprit && /FAILED|ROLLBACK/.test(status);
  return statuses.flatMap((one, index) => [
    ...(wentWrong && index === 1 ? [resourceStep(stack, culprit, `${verb}_FAILED`, reason)] : []),
    stackStep(stack, one, one === status ? reason : index === 0 ? userInitiated : undefined),
  ]);
}

/** The steps of the stack's creation, as far as its status says. */
function creationStepsOf({ stack, request, resources }: PlannedStack): Step[] {
  const [first = 'CREATE_IN_PROGRESS', ...past] = statusesUpTo(request.status);
  return [
    stackStep(stack, first, first === request.status ? (request.reason ?? userInitiated) : userInitiated),
    ...(request.status === 'REVIEW_IN_PROGRESS' ? [] : creationSteps(stack, resources)),
    ...(past.includes('CREATE_COMPLETE') ? [stackStep(stack, 'CREATE_COMPLETE')] : []),
  ];
}

function writePast(
  loading: Loading,
  planned: PlannedStack,
  more: readonly Step[],
  resources: readonly TemplateResource[],
): void {
  const { stacks, since, now } = loading;
  const { stack } = planned;
  const ending = { kind: 'succeeds' } as const;
  const createdAt = since + 60_000;
  writeEvents(stacks, stack, [...creationStepsOf(planned), ...more], {
    beginsAt: since,
    endsAt: createdAt,
    ending,
  });
  const rest = stepsAfterCreation(planned, resources);
  if (rest.length > 0) writeEvents(stacks, stack, rest, { beginsAt: now - 60_000, endsAt: now, ending });
}

/**
 * Loads stacks. @param templates the nested stacks to create if the request has none for the root
 * @returns the stacks of the request, parents before their nested stacks
 */
export function loadStacks(
  loading: Loading,
  root: Deployment | undefined,
  templates: readonly Template[],
): readonly Stack[] {
  const given = planGiven(loading, root);
  const own = given.find(({ stack }) => stack.id === root?.stackId);
  const hasNested = given.some(({ stack }) => stack.parentId === root?.stackId && root !== undefined);
  if (root) {
    const request = own?.request ?? { status: 'CREATE_COMPLETE', parameters: [], outputs: [] };
    const description = own?.stack.description || 'Root Stack for AWS Amplify CLI';
    const stack: Stack = { ...own?.stack, name: root.stackName, id: root.stackId, description, events: [] };
    const isGiven = own !== undefined && own.resources.length > 0;
    const resources = isGiven ? own.resources : rootResources(root);
    const nested = hasNested
      ? []
      : templates.map(template => ({ template, nested: newNested(stack, template) }));
    const culprits = nested.map(one => one.nested.resource);
    const made = nested.flatMap(one => nestedCreation(one.nested, one.template));
    writePast(loading, { stack, request, resources }, made, [...culprits, ...resources]);
  }
  for (const planned of given) if (planned !== own) writePast(loading, planned, [], planned.resources);
  return given.map(({ stack }) => stack);
}
