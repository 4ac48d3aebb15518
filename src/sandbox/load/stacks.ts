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

/** By resource type: the stack outputs that hold the physical id of such a resource. */
const outputsByType: Readonly<Record<string, readonly string[]>> = {
  'AWS::S3::Bucket': ['BucketName', 'HostingBucketName', 'DeploymentBucketName'],
  'AWS::Cognito::UserPool': ['UserPoolId'],
  'AWS::Cognito::IdentityPool': ['IdentityPoolId'],
  'AWS::DynamoDB::Table': ['Name'],
  'AWS::Lambda::Function': ['Name'],
  'AWS::Kinesis::Stream': ['kinesisStreamId'],
  'AWS::AppSync::GraphQLApi': ['GraphQLAPIIdOutput'],
};

function outputOf({ outputs }: StackRequest, type: string): string | undefined {
  const names = Object.hasOwn(outputsByType, type) ? (outputsByType[type] ?? []) : [];
  const found = outputs.find(({ OutputKey }) => names.includes(String(OutputKey)));
  return textOf(found?.OutputValue);
}

/** The name of a model's table, from the parameters of the table's stack. */
function tableOf({ parameters }: StackRequest, logicalId: string): string | undefined {
  const parameter = (part: string) =>
    textOf(parameters.find(({ ParameterKey }) => String(ParameterKey).includes(part))?.ParameterValue);
  const [apiId, environment] = [parameter('GetAttGraphQLAPIApiId'), parameter('env')];
  const isModel = logicalId.endsWith('Table') && apiId !== undefined && environment !== undefined;
  return isModel ? `${logicalId.slice(0, -'Table'.length)}-${apiId}-${environment}` : undefined;
}

/** A stack to load, with its resources. */
interface PlannedStack {
  readonly stack: Stack;
  readonly request: StackRequest;
  readonly resources: readonly TemplateResource[];
}

/** The parent's name: the longest known one with which a nested stack's begins (`<parent>-<logical id>-<random>`). */
function parentOf(name: string, names: ReadonlySet<string>): string | undefined {
  for (let at = name.lastIndexOf('-'); at > 0; at = name.lastIndexOf('-', at - 1))
    if (names.has(name.slice(0, at))) return name.slice(0, at);
  return undefined;
}

const nameOf = (request: StackRequest, root: Deployment | undefined) => request.name ?? root?.stackName ?? '';

function resourcesIn(request: StackRequest, stack: Stack, children: readonly Stack[]): TemplateResource[] {
  return Object.entries(objectOf(request.template?.Resources)).map(([logicalId, resource]) => {
    const type = textOf(objectOf(resource).Type) ?? 'AWS::CloudFormation::CustomResource';
    const child = children.find(one => one.name.startsWith(`${stack.name}-${logicalId}-`));
    const physicalId =
      (type === stackType ? child?.id : (outputOf(request, type) ?? tableOf(request, logicalId))) ??
      `${stack.name}-${logicalId}`;
    return { logicalId, type, physicalId };
  });
}

/** Plans the stacks of the request, parents before their nested stacks. */
function planGiven({ requests }: Loading, root: Deployment | undefined): PlannedStack[] {
  const sorted = [...requests].sort((a, b) => nameOf(a, root).length - nameOf(b, root).length);
  const names = new Set([...sorted.map(request => nameOf(request, root)), ...(root ? [root.stackName] : [])]);
  const byName = new Map<string, Stack>();
  const planned = sorted.map(request => {
    const name = nameOf(request, root);
    const parent = parentOf(name, names);
    const isRoot = name === root?.stackName;
    const parentId = parent === root?.stackName ? root?.stackId : byName.get(parent ?? '')?.id;
    const stack: Stack = {
      name,
      id: isRoot && root ? root.stackId : stackArn(name, derivedUuid(name)),
      ...(parentId !== undefined && { parentId }),
      ...(root && parentId !== undefined && parentId !== root.stackId && { rootId: root.stackId }),
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

/** Loads stacks. @param templates the nested stacks to create if the request has none for the root */
export function loadStacks(
  loading: Loading,
  root: Deployment | undefined,
  templates: readonly Template[],
): void {
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
}
