/** The statements of IAM policies that are attached to people's roles, one right at a time. */
import { isObject, memberOf, objectOf } from '../lib/json.ts';
import { hasUnknownPart } from './intrinsics.ts';
import { type Principal, roleKey, rolesOfPeople } from './roles.ts';
import type { StackView, TemplateResource } from './stack-view.ts';

export type Service = 's3' | 'appsync';

/** One action on one resource. */
export interface Right {
  readonly principal: Principal;
  readonly service: Service;
  readonly effect: 'Allow' | 'Deny';
  /** `s3:GetObject` */
  readonly action: string;
  /** The bucket's name, or the API's id; `*` for all. */
  readonly owner: string;
  /** `private/*`, `types/Query/fields/getTodo`; `*` for all. For `s3:ListBucket` the prefix. */
  readonly path: string;
  /** Conditions beside the prefix, as JSON; empty where there are none. */
  readonly condition: string;
}

/** The rights of people in one generation. */
export interface Rights {
  readonly rights: readonly Right[];
  /** Whose rights could not be read as a whole, and why. */
  readonly unproven: readonly string[];
}

const MOST_RIGHTS = 5_000;
const LONGEST_PATH = 512;

const listOf = (value: unknown): readonly unknown[] =>
  value === undefined ? [] : Array.isArray(value) ? value : [value];

/** A policy document, and the roles that it is attached to. */
interface Attached {
  readonly stack: StackView;
  readonly roles: readonly unknown[];
  readonly document: () => unknown;
  readonly unsure: boolean;
}

function attachedIn(stack: StackView): Attached[] {
  const read = (resource: TemplateResource, role: unknown, document: () => unknown): Attached => ({
    stack,
    roles: listOf(role),
    document,
    unsure: resource.unsure,
  });
  return [
    ...stack
      .ofType('AWS::IAM::Policy', 'AWS::IAM::ManagedPolicy')
      .map(policy =>
        read(policy, stack.property(policy, 'Roles'), () => stack.property(policy, 'PolicyDocument')),
      ),
    ...stack
      .ofType('AWS::IAM::RolePolicy')
      .map(policy =>
        read(policy, stack.property(policy, 'RoleName'), () => stack.property(policy, 'PolicyDocument')),
      ),
    ...stack
      .ofType('AWS::IAM::Role')
      .flatMap(role =>
        listOf(role.properties.Policies).map((_, at) =>
          read(role, `\${${role.logicalId}}`, () =>
            memberOf(listOf(stack.property(role, 'Policies'))[at], 'PolicyDocument'),
          ),
        ),
      ),
  ];
}

const servicesOf = (action: string): Service[] =>
  (['s3', 'appsync'] as const).filter(
    service => action === '*' || action.toLowerCase().startsWith(`${service}:`),
  );

/** The bucket or API of an ARN, and what in it. */
function placeOf(service: Service, resource: string): Pick<Right, 'owner' | 'path'> {
  if (resource === '*') return { owner: '*', path: '*' };
  const marker = service === 's3' ? ':::' : ':apis/';
  const at = resource.indexOf(marker);
  if (at < 0) return { owner: resource, path: '*' };
  const rest = resource.slice(at + marker.length);
  const slash = rest.indexOf('/');
  return slash < 0 ? { owner: rest, path: '' } : { owner: rest.slice(0, slash), path: rest.slice(slash + 1) };
}

const texts = (value: unknown): string[] | undefined => {
  const list = listOf(value);
  return list.every(item => typeof item === 'string') ? (list as string[]) : undefined;
};

/** The prefixes that a condition limits a listing to, and the rest of the condition. */
function readCondition(condition: unknown): { prefixes?: string[]; rest: string } {
  if (!isObject(condition)) return { rest: '' };
  const { StringLike, StringEquals, ...others } = condition;
  const [operator, held] = isObject(StringLike)
    ? ['StringLike', StringLike]
    : ['StringEquals', objectOf(StringEquals)];
  const { 's3:prefix': prefix, ...more } = held;
  const prefixes = prefix === undefined ? undefined : texts(prefix);
  const unused = operator === 'StringLike' && StringEquals !== undefined ? { StringEquals } : {};
  const rest = { ...others, ...unused, ...(Object.keys(more).length > 0 && { [String(operator)]: more }) };
  return {
    ...(prefixes && { prefixes }),
    rest: Object.keys(rest).length > 0 || (prefix !== undefined && !prefixes) ? JSON.stringify(rest) : '',
  };
}

function rightsOf(
  principal: Principal,
  statement: unknown,
  resourceKey: (owner: string) => string,
): Right[] | undefined {
  const { Effect, Action, Resource, Condition, NotAction, NotResource } = objectOf(statement);
  const [actions, resources] = [texts(Action), texts(Resource)];
  if (!actions || !resources || NotAction !== undefined || NotResource !== undefined) return undefined;
  const { prefixes, rest } = readCondition(Condition);
  return actions.flatMap(action =>
    servicesOf(action).flatMap(service =>
      resources.flatMap(resource => {
        const { owner, path } = placeOf(service, resource);
        const isListing = service === 's3' && path === '';
        const paths = isListing ? (prefixes ?? ['*']) : [path];
        return paths.map(each => ({
          principal,
          service,
          effect: Effect === 'Deny' ? ('Deny' as const) : ('Allow' as const),
          action,
          owner: resourceKey(owner),
          path: each,
          condition: isListing ? rest : rest + (prefixes ? JSON.stringify(prefixes) : ''),
        }));
      }),
    ),
  );
}

/** A bucket or an API without a known name, by its place in the templates. */
const ownerKey = (stack: StackView) => (owner: string) =>
  owner.startsWith('${') ? `${stack.name}|${owner.slice(2, -1).replace(/\.ApiId$/, '')}` : owner;

/** The rights of people's roles on files and GraphQL. Rights of other services and of functions are not read. */
export function rightsIn(stacks: readonly StackView[]): Rights {
  const people = rolesOfPeople(stacks);
  const rights = new Map<string, Right>();
  const unproven = new Set<string>();
  for (const stack of stacks)
    for (const { roles, document, unsure } of attachedIn(stack)) {
      const principals = roles.flatMap(role => people.get(roleKey(stack, role) ?? '') ?? []);
      if (principals.length === 0) continue;
      const resolved = document();
      for (const statement of listOf(memberOf(resolved, 'Statement')))
        for (const principal of principals) {
          const read = rightsOf(principal, statement, ownerKey(stack));
          const isClear = (right: Right) =>
            right.path.length <= LONGEST_PATH && !hasUnknownPart(right.path) && !hasUnknownPart(right.owner);
          if (!read || unsure || !read.every(isClear) || rights.size > MOST_RIGHTS) unproven.add(principal);
          for (const right of read?.filter(isClear) ?? [])
            if (rights.size <= MOST_RIGHTS) rights.set(JSON.stringify(right), right);
        }
      if (!isObject(resolved)) for (const principal of principals) unproven.add(principal);
    }
  return { rights: [...rights.values()], unproven: [...unproven] };
}
