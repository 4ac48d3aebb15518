/**
 * From method and path to an operation. Routes come from the model's http traits; a path that exists for another
 * method is told apart from one that does not exist at all.
 */
import { type Operation, operations } from './model.ts';
import { methodNotAllowed, notFound } from './service-error.ts';

/** An operation and the path labels that it was called with. */
export interface Route {
  readonly operation: Operation;
  /** Label values by member name (`AppId`). */
  readonly labels: ReadonlyMap<string, string>;
}

/** What a request asks for: an operation, or (OPTIONS) which methods a path takes. */
export type Routed = Route | { readonly preflight: readonly string[] };

/**
 * Finds the operation.
 * @param segments decoded path segments without stage
 * @throws ServiceError 404 for an unknown path, 405 with `allow` for a known path and another method
 */
export function route(method: string, segments: readonly string[]): Routed {
  const here: Route[] = [];
  for (const operation of operations.values()) {
    const labels = matchLabels(operation.path, segments);
    if (labels) here.push({ operation, labels });
  }
  if (here.length === 0) throw notFound('Path', 'No operation of this service has the requested path');
  const found = here.find(({ operation }) => operation.method === method);
  if (found) return found;
  const allowed = [...here.map(({ operation }) => operation.method).sort(), 'OPTIONS'];
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
