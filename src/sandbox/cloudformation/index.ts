/**
 * The sandbox's CloudFormation, on the same port as AmplifyBackend: reads stacks, their templates, resources and events. It
 * changes nothing; only the jobs of AmplifyBackend change stacks.
 */
import { page } from '../paging.ts';
import type { Xml } from '../query.ts';
import type { QueryCall, QueryContext, QueryService } from '../query-service.ts';
import { ServiceError } from '../service-error.ts';
import { resourcesOf, type StackView, stacksAt } from '../stacks/stack.ts';
import { outputsOf, templateBodyOf } from '../stacks/template-bodies.ts';
import { applyDueChanges, type State } from '../state.ts';
import { eventXml, resourceSummaryXml, resourceXml, stackXml, summaryXml } from './views.ts';

/** What the service needs from the running sandbox. */
export interface CloudFormationContext extends QueryContext {
  readonly state: () => State;
  readonly deletedJobRetentionMs: number;
}

type Call = QueryCall<CloudFormationContext>;

const PAGE_SIZE = 100;

const invalid = (message: string) => new ServiceError(400, 'ValidationError', message);

const isDeleted = ({ status }: StackView) => status === 'DELETE_COMPLETE';

/** The stacks that are wanted, or all; deleted ones included, newest first. */
function stacksNow(
  { context }: Call,
  isWanted: (stack: StackView['stack']) => boolean = () => true,
): readonly StackView[] {
  const [state, now] = [context.state(), context.now()];
  // Changes that are due may delete stacks.
  applyDueChanges(state, now, context.deletedJobRetentionMs);
  return stacksAt([...state.stacks.values()].filter(isWanted), now);
}

/** Finds a stack by name or ARN. Like CloudFormation, finds a deleted stack only by its ARN. */
function findStack(call: Call, messageFor: (name: string) => string): StackView {
  const name = call.parameters.get('StackName');
  if (name === undefined || name === '') throw invalid('StackName is required');
  const named = stacksNow(call, stack => stack.id === name || stack.name === name);
  const found = named.find(view => view.stack.id === name || !isDeleted(view));
  if (!found) throw invalid(messageFor(name));
  return found;
}

const withId = (name: string) => `Stack with id ${name} does not exist`;
const bracketed = (name: string) => `Stack [${name}] does not exist`;

/** The values of a list parameter: `StackStatusFilter.member.1` ... */
function listOf({ parameters }: Call, name: string): string[] {
  return [...parameters].flatMap(([key, value]) => (key.startsWith(`${name}.member.`) ? [value] : []));
}

function paged<T>(
  { parameters }: Call,
  items: readonly T[],
  key: (item: T) => string,
  query: readonly string[],
): { items: T[]; next: { NextToken?: string } } {
  try {
    const token = parameters.get('NextToken');
    const { items: delivered, ...next } = page({ items, key, size: PAGE_SIZE, token, query });
    return { items: delivered, next };
  } catch {
    throw invalid('NextToken is not valid for this request');
  }
}

const keyOf = ({ stack }: StackView) => stack.id;

const describe = ({ context }: Call, view: StackView) => stackXml(view, outputsOf(context.state(), view));

const actions: Readonly<Record<string, (call: Call) => Xml>> = {
  DescribeStacks(call) {
    if (call.parameters.has('StackName')) return { Stacks: [describe(call, findStack(call, withId))] };
    const live = stacksNow(call).filter(view => !isDeleted(view));
    const { items, next } = paged(call, live, keyOf, ['DescribeStacks']);
    return { Stacks: items.map(view => describe(call, view)), ...next };
  },

  ListStacks(call) {
    const wanted = listOf(call, 'StackStatusFilter');
    const listed = stacksNow(call).filter(({ status }) => wanted.length === 0 || wanted.includes(status));
    const { items, next } = paged(call, listed, keyOf, ['ListStacks', ...wanted]);
    return { StackSummaries: items.map(summaryXml), ...next };
  },

  DescribeStackEvents(call) {
    const view = findStack(call, bracketed);
    const { items, next } = paged(
      call,
      view.events.map((event, index) => ({ event, index })).reverse(),
      ({ index }) => String(index),
      ['DescribeStackEvents', view.stack.id],
    );
    return { StackEvents: items.map(({ event, index }) => eventXml(view, event, index)), ...next };
  },

  GetTemplate(call) {
    const view = findStack(call, withId);
    // CloudFormation has no template of a stack that waits for its first change set.
    if (view.status === 'REVIEW_IN_PROGRESS')
      throw invalid(`Stack with id ${view.stack.name} is in REVIEW_IN_PROGRESS state`);
    const template = templateBodyOf(call.context.state(), view);
    return { TemplateBody: JSON.stringify(template), StagesAvailable: ['Original', 'Processed'] };
  },

  GetStackPolicy(call) {
    const { policy } = findStack(call, withId).stack;
    return policy ? { StackPolicyBody: JSON.stringify(policy) } : {};
  },

  ListStackResources(call) {
    const view = findStack(call, withId);
    const { items, next } = paged(call, resourcesOf(view), ({ logicalId }) => logicalId, [
      'ListStackResources',
      view.stack.id,
    ]);
    return { StackResourceSummaries: items.map(resourceSummaryXml), ...next };
  },

  DescribeStackResources(call) {
    const view = findStack(call, withId);
    return { StackResources: resourcesOf(view).map(resource => resourceXml(view, resource)) };
  },
};

export const cloudFormation: QueryService<CloudFormationContext> = {
  name: 'cloudformation',
  version: '2010-05-15',
  namespace: 'http://cloudformation.amazonaws.com/doc/2010-05-15/',
  actions,
};
