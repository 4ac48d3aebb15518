/**
 * Stacks, resources and events in the XML shapes of CloudFormation, with their members in CloudFormation's order.
 */
import type { Json } from '../../lib/json.ts';
import { type Xml, xmlTime } from '../query.ts';
import { derivedUuid, type StackEvent, type StackView, stackType } from '../stacks/stack.ts';

const notChecked = { StackDriftStatus: 'NOT_CHECKED' };

/** The parameters or outputs that a stack was loaded with; undefined (no element) if there are none. */
const textMembers = (items: readonly Json[] = []): Xml | undefined =>
  items.length === 0
    ? undefined
    : items.map(item =>
        Object.fromEntries(Object.entries(item).map(([name, value]) => [name, String(value)])),
      );

const timeOf = (at: number | undefined) => (at === undefined ? undefined : xmlTime(at));

const lifecycle = ({ status, reason, createdAt, updatedAt, deletedAt }: StackView) => ({
  CreationTime: xmlTime(createdAt),
  LastUpdatedTime: timeOf(updatedAt),
  DeletionTime: timeOf(deletedAt),
  StackStatus: status,
  StackStatusReason: reason,
});

/** `ParentId` and `RootId` of a nested stack. */
const nesting = ({ stack }: StackView) => ({
  ParentId: stack.parentId,
  RootId: stack.rootId ?? stack.parentId,
});

/** `Stack` */
export function stackXml(view: StackView, outputs: readonly Json[]): Xml {
  const { stack } = view;
  return {
    StackId: stack.id,
    StackName: stack.name,
    Description: stack.description,
    ...lifecycle(view),
    DisableRollback: 'false',
    EnableTerminationProtection: 'false',
    Capabilities: ['CAPABILITY_NAMED_IAM', 'CAPABILITY_AUTO_EXPAND'],
    Parameters: textMembers(stack.parameters),
    Outputs: textMembers(outputs),
    DriftInformation: notChecked,
    ...nesting(view),
  };
}

/** `StackSummary` */
export function summaryXml(view: StackView): Xml {
  const { stack } = view;
  return {
    StackId: stack.id,
    StackName: stack.name,
    TemplateDescription: stack.description,
    ...lifecycle(view),
    DriftInformation: notChecked,
    ...nesting(view),
  };
}

/** `StackEvent`. @param index its position in the stack's events; the event id is derived from it */
export function eventXml({ stack }: StackView, event: StackEvent, index: number): Xml {
  const { logicalId, physicalId, type, status, reason, at } = event;
  const isStackItself = type === stackType && physicalId === stack.id;
  return {
    StackId: stack.id,
    EventId: `${isStackItself ? '' : `${logicalId}-`}${derivedUuid(stack.id, index)}`,
    StackName: stack.name,
    LogicalResourceId: logicalId,
    PhysicalResourceId: physicalId,
    ResourceType: type,
    Timestamp: xmlTime(at),
    ResourceStatus: status,
    ResourceStatusReason: reason,
  };
}

/** A resource; `timeName` is what the shape calls the time of its last event. */
const resourceMembers = (
  { logicalId, physicalId, type, status, reason, at }: StackEvent,
  timeName: 'Timestamp' | 'LastUpdatedTimestamp',
): Exclude<Xml, string | readonly Xml[]> => ({
  LogicalResourceId: logicalId,
  PhysicalResourceId: physicalId === '' ? undefined : physicalId,
  ResourceType: type,
  [timeName]: xmlTime(at),
  ResourceStatus: status,
  ResourceStatusReason: reason,
  DriftInformation: { StackResourceDriftStatus: 'NOT_CHECKED' },
});

/** `StackResource` */
export const resourceXml = ({ stack }: StackView, event: StackEvent): Xml => ({
  StackId: stack.id,
  StackName: stack.name,
  ...resourceMembers(event, 'Timestamp'),
});

/** `StackResourceSummary` */
export const resourceSummaryXml = (event: StackEvent): Xml => resourceMembers(event, 'LastUpdatedTimestamp');
