/** The part of a `subscriptions/listen` filter that the SDK does not handle. */
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
 * The SDK does not support tasks, and ends a stream that follows nothing it supports. A listen to tasks alone is therefore
 * passed to the SDK with this resource added, which the acknowledgement leaves out again.
 */
export const PLACEHOLDER = 'amplify-backend://tasks';

/** The filter of a listen. The SDK checks all its members except `taskIds`. */
export interface Filter {
  readonly resourcesListChanged?: boolean;
  readonly resourceSubscriptions?: readonly string[];
  readonly taskIds?: unknown;
}

export const filterOf = ({ params }: JSONRPCRequest | JSONRPCNotification): Filter =>
  Object(params?.notifications) as Filter;

/** The ids of the tasks in a filter; undefined if they are not a list of strings. */
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

/** The refusal of a listen to tasks that is invalid although the SDK accepts it. */
export function refusalOf(request: JSONRPCRequest): JSONRPCErrorResponse | undefined {
  const objection = objectionTo(request, filterOf(request));
  if (!objection) return undefined;
  const { code, message, data } = objection;
  return { jsonrpc: '2.0', id: request.id, error: { code, message, data } };
}

/** The request with the placeholder added to its resources, if these are a list. */
export function withPlaceholder(request: JSONRPCRequest): JSONRPCRequest {
  const filter = filterOf(request);
  const { resourceSubscriptions = [] } = filter;
  if (!Array.isArray(resourceSubscriptions)) return request;
  const notifications = { ...filter, resourceSubscriptions: [...resourceSubscriptions, PLACEHOLDER] };
  return { ...request, params: { ...request.params, notifications } };
}
