/**
 * What a deletion removes and what it leaves, by name: of a whole environment, or of one resource without its neighbours.
 * Imported resources stay, and nothing that belongs to them is listed as removed.
 */

import { textOf } from '../lib/json.ts';
import { quoteName } from '../lib/quote.ts';
import { type Environment, type ReadEnvironment, whyUnreadable } from './environment.ts';
import { createThing, type HeldThing, identifiersOfThing } from './held-things.ts';
import { isArn } from './identifiers.ts';
import { hasUnnamedOutput, type Resource, rowOf } from './resources.ts';

/** A resource, or the environment's own stack, with what it holds. */
export interface RemovalItem {
  /** `category/name`; `stack` for the root stack with the bucket of its deployments. */
  readonly resource: string;
  readonly service: string;
  readonly holds: readonly HeldThing[];
}

/** Something whose contents or owner are unknown. */
export interface Unsure {
  readonly resource: string;
  /** A clause to follow the resource: "its schema was not read, so its tables are not named". */
  readonly why: string;
}

/** What is removed and what stays. */
export interface Removal {
  readonly state: 'known';
  readonly goes: readonly RemovalItem[];
  /** Imported resources, with what they refer to. The deletion leaves them. */
  readonly stays: readonly RemovalItem[];
  readonly unsure: readonly Unsure[];
  /** For the deletion of one resource: labels of the resources that need it and stop working. */
  readonly breaks: readonly string[];
}

/** The removal of an environment whose meta cannot be read: its contents are unknown. */
export interface UnknownRemoval {
  readonly state: 'unknown';
  /** A clause to follow its name: "cannot be read: its amplifyMetaConfig holds an unresolved merge conflict (line 3)" */
  readonly why: string;
}

/** The root stack, and what the CLI creates outside of it. */
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
 * Returns a test for things that belong to an imported resource: they stay although another resource names them. A thing of
 * another kind may have the same name and is removed. The kind of a guessed thing is unreliable, so its name decides.
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
            `what its outputs name may belong to another project, and more of ${quoteName(service)} may be removed`,
          ),
        ]
      : []),
    ...(state === 'deployed' && holds.length === 0 && !rowOf(resource)
      ? [unsure('the meta names nothing that it holds')]
      : []),
  ];
}

/** Every resource that a deletion removes: all of an environment, or one. */
const concerned = ({ resources }: ReadEnvironment, label: string | undefined) =>
  label === undefined ? resources : resources.filter(resource => resource.label === label);

/**
 * What a deletion removes and what stays.
 * @param label the one resource that is deleted; undefined for the whole environment
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

/** The names of the buckets that are removed, for a check afterwards. */
export const bucketsIn = (items: readonly RemovalItem[]): string[] => [
  ...new Set(
    items.flatMap(({ holds }) =>
      holds.flatMap(({ kind, name }) => (kind === 'bucket' && name !== undefined ? [name] : [])),
    ),
  ),
];
