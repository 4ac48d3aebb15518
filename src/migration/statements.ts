/** The statements of IAM policies that are attached to the roles of people and of functions, one right at a time. */
import { isObject, memberOf, objectOf } from '../lib/json.ts';
import { hasUnknownPart } from './intrinsics.ts';
import { arnsOf, isArnOf } from './policy-arns.ts';
import { keysOfRole, type Principal, roleKey, rolesOfPeople } from './roles.ts';
import type { StackView, TemplateResource } from './stack-view.ts';

export type Service = 's3' | 'appsync' | 'dynamodb';

/** One action on one resource. */
export interface Right {
  readonly principal: Principal;
  readonly service: Service;
  readonly effect: 'Allow' | 'Deny';
  /** `s3:GetObject` */
  readonly action: string;
  /** The name of the bucket or table, or the API's id; `*` for all. */
  readonly owner: string;
  /** `private/*`, `types/Query/fields/getTodo`; `*` for all. For `s3:ListBucket` the prefix. */
  readonly path: string;
  /** Conditions other than the prefix, as JSON; empty where there are none. */
  readonly condition: string;
}

/** The rights in one generation. */
export interface Rights {
  readonly rights: readonly Right[];
  /** The principals whose rights could not be read completely. */
  readonly unproven: readonly string[];
}

const MOST_RIGHTS = 5_000;
const LONGEST_PATH = 512;

export const listOf = (value: unknown): readonly unknown[] =>
  value === undefined ? [] : Array.isArray(value) ? value : [value];

/** A policy document, and the roles that it is attached to. */
export interface Attached {
  readonly stack: StackView;
  readonly roles: readonly unknown[];
  readonly document: () => unknown;
  readonly unsure: boolean;
}

/** @param stacks of the same generation, whose roles may attach a managed policy */
function attachedIn(stack: StackView, stacks: readonly StackView[]): Attached[] {
  const read = (resource: TemplateResource, role: unknown, document: () => unknown): Attached => ({
    stack,
    roles: listOf(role),
    document,
    unsure: resource.unsure,
  });
  return [
    ...stack
      .ofType('AWS::IAM::Policy')
      .map(policy =>
        read(policy, stack.property(policy, 'Roles'), () => stack.property(policy, 'PolicyDocument')),
      ),
    ...stack
      .ofType('AWS::IAM::ManagedPolicy')
      .map(policy =>
        read(policy, [...listOf(stack.property(policy, 'Roles')), ...attaching(policy, stacks)], () =>
          stack.property(policy, 'PolicyDocument'),
        ),
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
          read(role, keysOfRole(role), () =>
            memberOf(listOf(stack.property(role, 'Policies'))[at], 'PolicyDocument'),
          ),
        ),
      ),
  ];
}

/** The roles that attach a managed policy themselves. */
const attaching = (policy: TemplateResource, stacks: readonly StackView[]): readonly string[] =>
  stacks.flatMap(stack =>
    stack
      .ofType('AWS::IAM::Role')
      .flatMap(role => (arnsOf(role).some(arn => isArnOf(arn, stack, policy)) ? keysOfRole(role) : [])),
  );

/** The documents that the roles of some principals have, with these principals. */
export const documentsOf = (
  stacks: readonly StackView[],
  held: ReadonlyMap<string, Principal>,
): { readonly attached: Attached; readonly principals: readonly Principal[] }[] =>
  stacks.flatMap(stack =>
    attachedIn(stack, stacks).flatMap(attached => {
      const principals = [
        ...new Set(attached.roles.flatMap(role => held.get(roleKey(stack, role) ?? '') ?? [])),
      ];
      return principals.length === 0 ? [] : [{ attached, principals }];
    }),
  );

/** The principals whose rights are read, by the keys of their roles, and the services that these rights concern. */
export interface Holders {
  readonly principals: ReadonlyMap<string, Principal>;
  readonly services: readonly Service[];
}

/** Reads of a table's stream. An event source needs them; they are no rights on the table. */
const streamReads = new Set(
  ['DescribeStream', 'GetRecords', 'GetShardIterator', 'ListStreams'].map(name =>
    `dynamodb:${name}`.toLowerCase(),
  ),
);

const servicesOf = (action: string, services: readonly Service[]): Service[] =>
  services.filter(
    service =>
      action === '*' ||
      action === '*:*' ||
      (action.toLowerCase().startsWith(`${service}:`) && !streamReads.has(action.toLowerCase())),
  );

const markers: Readonly<Record<Service, string>> = { s3: ':::', appsync: ':apis/', dynamodb: ':table/' };

/** The bucket, API or table of an ARN, and what in it. */
function placeOf(service: Service, resource: string): Pick<Right, 'owner' | 'path'> {
  if (resource === '*') return { owner: '*', path: '*' };
  const marker = markers[service];
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
  services: readonly Service[],
): Right[] | undefined {
  const { Effect, Action, Resource, Condition, NotAction, NotResource } = objectOf(statement);
  const actions = texts(Action);
  // A statement on other services is not compared, so it need not be understood.
  if (NotAction === undefined && actions?.every(action => servicesOf(action, services).length === 0))
    return [];
  const resources = texts(Resource);
  if (!actions || !resources || NotAction !== undefined || NotResource !== undefined) return undefined;
  const { prefixes, rest } = readCondition(Condition);
  return actions.flatMap(action =>
    servicesOf(action, services).flatMap(service =>
      resources.flatMap(resource => {
        const { owner, path } = placeOf(service, resource);
        if (service === 'dynamodb' && path.startsWith('stream/')) return [];
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
  owner.startsWith('${') ? `${stack.name}|${owner.slice(2, -1).replace(/\.(?:ApiId|Arn)$/, '')}` : owner;

/** People's roles: their rights on files, GraphQL and tables, which are behind GraphQL's own rules, are read. */
export const peopleIn = (stacks: readonly StackView[]): Holders => ({
  principals: rolesOfPeople(stacks),
  services: ['s3', 'appsync', 'dynamodb'],
});

/** The rights of some roles. */
export function rightsIn(stacks: readonly StackView[], { principals: held, services }: Holders): Rights {
  const rights = new Map<string, Right>();
  const unproven = new Set<string>();
  for (const { attached, principals } of documentsOf(stacks, held)) {
    const { stack, document, unsure } = attached;
    const resolved = document();
    for (const statement of listOf(memberOf(resolved, 'Statement')))
      for (const principal of principals) {
        const read = rightsOf(principal, statement, ownerKey(stack), services);
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
