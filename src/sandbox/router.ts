/**
 * Finds the operation of a method and path. Routes come from the model's http traits. A known path with another method
 * is refused with 405, an unknown path with 404.
 */
import { type Operation, operations } from './model.ts';
import { methodNotAllowed, notFound } from './service-error.ts';

/** An operation and the values of its path labels. */
export interface Route {
  readonly operation: Operation;
  /** Label values by member name (`AppId`). */
  readonly labels: ReadonlyMap<string, string>;
}

/** What a request is for: an operation or, for OPTIONS, the methods that its path allows. */
export type Routed = Route | { readonly preflight: readonly string[] };

/**
 * Finds the route.
 * @param segments decoded path segments without stage
 * @throws ServiceError 404 for an unknown path, 405 with `allow` for a known path and another method
 */
export function route(method: string, segments: readonly string[]): Routed {
  const matching: Route[] = [];
  for (const operation of operations.values()) {
    const labels = matchLabels(operation.path, segments);
    if (labels) matching.push({ operation, labels });
  }
  if (matching.length === 0) throw notFound('Path', 'No operation of this service has the requested path');
  const found = matching.find(({ operation }) => operation.method === method);
  if (found) return found;
  const allowed = [...matching.map(({ operation }) => operation.method).sort(), 'OPTIONS'];
  if (method === 'OPTIONS') return { preflight: allowed };
  throw methodNotAllowed(method, allowed);
}

function matchLabels(
  template: readonly string[],
  segments: readonly string[],
): Map<string, string> | undefined {
  if (template.length !== segments.length) return undefined;
  const labels = new Map<string, string>();
  for (const [index, part] of template.entries()) {
    const segment = segments[index] ?? '';
    if (part.startsWith('{')) labels.set(part.slice(1, -1), segment);
    else if (part !== segment) return undefined;
  }
  return labels;
}
