/** What a `subscriptions/listen` asks for, as far as the SDK does not handle it itself. */
import {
  CLIENT_CAPABILITIES_META_KEY,
  type JSONRPCErrorResponse,
  type JSONRPCNotification,
  type JSONRPCRequest,
  ProtocolError,
  ProtocolErrorCode,
} from '@modelcontextprotocol/server';
import { missingTasksCapability, TASKS_EXTENSION } from './task-methods.ts';

/**
 * The SDK ends a stream at once where it honors nothing, and it does not know tasks. A listen to tasks alone therefore
 * also asks for this resource, which is taken out of the acknowledgement again.
 */
export const PLACEHOLDER = 'amplify-backend://tasks';

/** The filter of a listen. Of what a client sent, the SDK checks everything but the tasks. */
export interface Filter {
  readonly resourcesListChanged?: boolean;
  readonly resourceSubscriptions?: readonly string[];
  readonly taskIds?: unknown;
}

export const filterOf = ({ params }: JSONRPCRequest | JSONRPCNotification): Filter =>
  Object(params?.notifications) as Filter;

/** The ids of the tasks in a filter; undefined where it is no list of strings. */
export const taskIdsOf = ({ taskIds }: Filter): readonly string[] | undefined =>
  Array.isArray(taskIds) && taskIds.every(id => typeof id === 'string') ? taskIds : undefined;

/** Whether the filter names tasks, well-formed or not. */
export const asksForTasks = ({ taskIds }: Filter) =>
  taskIds !== undefined && !(Array.isArray(taskIds) && taskIds.length === 0);

function objectionTo({ params }: JSONRPCRequest, filter: Filter): ProtocolError | undefined {
  const capabilities = Object(params?._meta?.[CLIENT_CAPABILITIES_META_KEY]) as { extensions?: unknown };
  if (!Object.hasOwn(Object(capabilities.extensions), TASKS_EXTENSION)) return missingTasksCapability();
  if (taskIdsOf(filter)) return undefined;
  return new ProtocolError(
    ProtocolErrorCode.InvalidParams,
    'notifications.taskIds must be a list of strings',
  );
}

/** The answer to a listen that asks for tasks in a way that must be refused, which the SDK would accept. */
export function refusalOf(request: JSONRPCRequest): JSONRPCErrorResponse | undefined {
  const objection = objectionTo(request, filterOf(request));
  if (!objection) return undefined;
  const { code, message, data } = objection;
  return { jsonrpc: '2.0', id: request.id, error: { code, message, data } };
}

/** The request with the placeholder among its resources, where they are a list. */
export function withPlaceholder(request: JSONRPCRequest): JSONRPCRequest {
  const filter = filterOf(request);
  const { resourceSubscriptions = [] } = filter;
  if (!Array.isArray(resourceSubscriptions)) return request;
  const notifications = { ...filter, resourceSubscriptions: [...resourceSubscriptions, PLACEHOLDER] };
  return { ...request, params: { ...request.params, notifications } };
}
