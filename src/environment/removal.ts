/**
 * What a deletion takes with it and what it leaves, by name: of a whole environment, or of one resource and not of its
 * neighbours. What was imported stays; nothing that belongs to it is ever told to go.
 */

import { textOf } from '../lib/json.ts';
import { quoteName } from '../lib/quote.ts';
import { type Environment, type ReadEnvironment, whyUnreadable } from './environment.ts';
import { createThing, type HeldThing, identifiersOfThing } from './held-things.ts';
import { isArn } from './identifiers.ts';
import { hasUnnamedOutput, type Resource, rowOf } from './resources.ts';

/** A resource, or the environment's own stack, with what is behind it. */
export interface RemovalItem {
  /** `category/name`; `stack` for the root stack with the bucket of its deployments. */
  readonly resource: string;
  readonly service: string;
  readonly holds: readonly HeldThing[];
}

/** Something of which nobody can tell whether all of it is named, or whose it is. */
export interface Unsure {
  readonly resource: string;
  /** A clause to follow the resource: "its schema was not read, so its tables are not named". */
  readonly why: string;
}

/** What goes and what stays. */
export interface Removal {
  readonly state: 'known';
  readonly goes: readonly RemovalItem[];
  /** What was imported, with what it refers to; nothing here deletes it. */
  readonly stays: readonly RemovalItem[];
  readonly unsure: readonly Unsure[];
  /** Of the deletion of one resource: labels of those that need it, and will not work without it. */
  readonly breaks: readonly string[];
}

/** Of an environment whose meta cannot be read nobody can tell what goes. */
export interface UnknownRemoval {
  readonly state: 'unknown';
  /** A clause to follow its name: "cannot be read: its amplifyMetaConfig holds an unresolved merge conflict (line 3)" */
  readonly why: string;
}

/** The root stack with what the CLI makes beside it. */
function stackOf({ stack, meta }: ReadEnvironment): RemovalItem[] {
  if (stack.name === undefined && stack.id === undefined) return [];
  const { awscloudformation } = Object(meta.providers) as Record<string, unknown>;
  const { AuthRoleArn, UnauthRoleArn } = Object(awscloudformation) as Record<string, unknown>;
  const roles = [AuthRoleArn, UnauthRoleArn].map(textOf).filter(arn => arn !== undefined && isArn(arn));
  const holds = [
    createThing('stack', { name: stack.name, arn: stack.id }),
    ...(stack.deploymentBucket === undefined
      ? []
      : [createThing('bucket', { name: stack.deploymentBucket })]),
    ...roles.map(arn => createThing('role', { arn })),
  ];
  return [{ resource: 'stack', service: 'CloudFormation', holds }];
}

const itemOf = ({ label, service, holds }: Resource): RemovalItem => ({ resource: label, service, holds });

/**
 * Whether something belongs to what was imported: whatever names it does not take it along. Of the same name may also
 * be things of other kinds, which do go; of what is guessed the kind is no help.
 */
function foreignTo({ resources }: ReadEnvironment): (one: HeldThing) => boolean {
  const imported = resources.filter(({ origin }) => origin === 'imported').flatMap(({ holds }) => holds);
  const any = new Set(imported.flatMap(identifiersOfThing));
  const keysOf = (one: HeldThing) =>
    identifiersOfThing(one).map(identifier => JSON.stringify([one.kind, identifier]));
  const ofKind = new Set(imported.flatMap(keysOf));
  return one =>
    one.isGuess === true
      ? identifiersOfThing(one).some(identifier => any.has(identifier))
      : keysOf(one).some(key => ofKind.has(key));
}

function unsureOf(resource: Resource): Unsure[] {
  const { label, service, state, tablesUnknown, holds, isPushedWithoutTrace, facts } = resource;
  const unsure = (why: string) => ({ resource: label, why });
  return [
    ...(tablesUnknown === undefined ? [] : [unsure(`${tablesUnknown}, so not all of its tables are named`)]),
    ...(hasUnnamedOutput(facts)
      ? [unsure('its output is a single value without a name, so not all that it holds may be named')]
      : []),
    ...(isPushedWithoutTrace
      ? [unsure('it was pushed, but the meta names nothing of it: what it has in AWS is not known')]
      : []),
    ...(state === 'deployed' && holds.some(({ isGuess }) => isGuess)
      ? [
          unsure(
            `what its outputs name may belong to somebody else, and more of ${quoteName(service)} may go`,
          ),
        ]
      : []),
    ...(state === 'deployed' && holds.length === 0 && !rowOf(resource)
      ? [unsure('the meta names nothing that it holds')]
      : []),
  ];
}

/** Every resource that a deletion takes: all of an environment, or one. */
const concerned = ({ resources }: ReadEnvironment, label: string | undefined) =>
  label === undefined ? resources : resources.filter(resource => resource.label === label);

/**
 * What goes and what stays.
 * @param label of the one resource that is deleted; all of the environment goes where it is undefined
 */
export function removalOf(environment: Environment, label?: string): Removal | UnknownRemoval {
  if (environment.state === 'unreadable') return { state: 'unknown', why: whyUnreadable(environment) };
  const chosen = concerned(environment, label);
  const own = chosen.filter(({ origin }) => origin === 'own');
  const isForeign = foreignTo(environment);
  const goes = own
    .filter(({ state }) => state === 'deployed')
    .map(resource => ({ ...itemOf(resource), holds: resource.holds.filter(one => !isForeign(one)) }));
  const isMissing = label !== undefined && chosen.length === 0;
  return {
    state: 'known',
    goes: [...goes, ...(label === undefined ? stackOf(environment) : [])],
    stays: chosen.filter(({ origin }) => origin === 'imported').map(itemOf),
    unsure: isMissing ? [{ resource: label, why: 'the meta names no such resource' }] : own.flatMap(unsureOf),
    breaks:
      label === undefined
        ? []
        : environment.resources.filter(({ dependsOn }) => dependsOn.includes(label)).map(one => one.label),
  };
}

/** The names of the buckets that go, to be looked for afterwards. */
export const bucketsIn = (items: readonly RemovalItem[]): string[] => [
  ...new Set(
    items.flatMap(({ holds }) =>
      holds.flatMap(({ kind, name }) => (kind === 'bucket' && name !== undefined ? [name] : [])),
    ),
  ),
];
