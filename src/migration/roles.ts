/** Who a role is for: signed-in users, guests, or a group of the user pool. */
import { memberOf, objectOf, textOf } from '../lib/json.ts';
import type { StackView, TemplateResource } from './stack-view.ts';

/** `signed-in users`, `guests` or `group NAME`. */
export type Principal = string;

export const signedIn: Principal = 'signed-in users';
export const guests: Principal = 'guests';

/** The key of a role that a `Ref` or an ARN identifies: its name where it is known, else its place in the templates. */
export function roleKey(stack: StackView, value: unknown): string | undefined {
  const text = textOf(value);
  if (text === undefined) return undefined;
  if (text.startsWith('${') && text.endsWith('}')) {
    const logicalId = text.slice(2, -1).replace(/\.Arn$/, '');
    return stack.physicalId(logicalId) ?? `${stack.name}|${logicalId}`;
  }
  return text.includes(':role/') ? text.split('/').at(-1) : text;
}

/** The keys are kept, because names in policies are compared with each role. */
const keysRead = new WeakMap<TemplateResource, readonly string[]>();

/** The keys by which policies may name a role that a template creates. */
export function keysOfRole(role: TemplateResource): readonly string[] {
  const known = keysRead.get(role);
  if (known) return known;
  const { stack, logicalId } = role;
  const keys = [
    roleKey(stack, `\${${logicalId}}`),
    roleKey(stack, stack.attribute(logicalId, 'Arn')),
    textOf(stack.property(role, 'RoleName')),
  ].filter(key => key !== undefined);
  keysRead.set(role, keys);
  return keys;
}

/** A role that a template creates, and the principal who has it. */
export interface HeldRole {
  readonly role: TemplateResource;
  readonly principal: Principal;
}

/** The roles of some principals, as far as templates create them. */
export const heldRoles = (
  stacks: readonly StackView[],
  principals: ReadonlyMap<string, Principal>,
): HeldRole[] =>
  stacks.flatMap(stack =>
    stack.ofType('AWS::IAM::Role').flatMap(role => {
      const held = new Set(keysOfRole(role).flatMap(key => principals.get(key) ?? []));
      return [...held].map(principal => ({ role, principal }));
    }),
  );

/** The roles of people in the stacks of one generation, by their keys. */
export function rolesOfPeople(stacks: readonly StackView[]): Map<string, Principal> {
  const found = new Map<string, Principal>();
  const add = (stack: StackView, role: unknown, principal: Principal) => {
    const key = roleKey(stack, role);
    if (key !== undefined) found.set(key, principal);
  };
  for (const stack of stacks) {
    // The Gen 1 root stack shows them, also when its identity pool has moved.
    add(stack, memberOf(stack.facts.outputs, 'AuthRoleName'), signedIn);
    add(stack, memberOf(stack.facts.outputs, 'UnauthRoleName'), guests);
    for (const attachment of stack.ofType('AWS::Cognito::IdentityPoolRoleAttachment')) {
      const roles = objectOf(stack.property(attachment, 'Roles'));
      add(stack, roles.authenticated, signedIn);
      add(stack, roles.unauthenticated, guests);
    }
    for (const group of stack.ofType('AWS::Cognito::UserPoolGroup')) {
      const name = textOf(stack.property(group, 'GroupName'));
      if (name !== undefined) add(stack, stack.property(group, 'RoleArn'), `group ${name}`);
    }
  }
  return found;
}
