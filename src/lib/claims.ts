/** Reads a claim of a token, which may be nested in others. */
import { isObject, memberOf } from './json.ts';

/**
 * The claim at a path such as `realm_access.roles`. Names may have dots of their own (`https://example.com/roles`,
 * `resource_access.mcp.example.com.roles`), so a member that has the whole rest of the path as its name comes first.
 */
export function claimAt(claims: unknown, path: string): unknown {
  const whole = memberOf(claims, path);
  if (whole !== undefined || !isObject(claims)) return whole;
  for (let dot = path.indexOf('.'); dot !== -1; dot = path.indexOf('.', dot + 1)) {
    const inner = claimAt(memberOf(claims, path.slice(0, dot)), path.slice(dot + 1));
    if (inner !== undefined) return inner;
  }
  return undefined;
}
