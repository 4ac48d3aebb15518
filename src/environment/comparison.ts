/**
 * Two environments side by side, resource by resource: what differs, how each was compared, and what was not. Equal
 * names are not equal things: whose a resource is and whether it was ever deployed is compared of each.
 */

import { createSlices } from '../lib/event-loop.ts';
import { quoteName } from '../lib/quote.ts';
import { isTruncated } from '../lib/truncation.ts';
import { comparableOf, comparableSettings, isTold } from './comparable.ts';
import { type Difference, differencesOf } from './differences.ts';
import { type Environment, type ReadEnvironment, whyUnreadable } from './environment.ts';
import type { LineDiff } from './line-diff.ts';
import { type Resource, rowOf } from './resources.ts';
import { compareSchemas } from './schema-comparison.ts';

/** How a resource was compared. */
export interface ResourceComparison {
  /** `category/name` */
  readonly resource: string;
  /**
   * By its settings, which AmplifyBackend told of both; by what the outputs and the entry in the meta tell; or by name
   * alone, with its service, its origin and whether it is deployed, since nothing else is known of it.
   */
  readonly comparedBy: 'settings' | 'outputs' | 'name';
  /** Set where one side alone has it: its one difference says so. */
  readonly onlyIn?: 'left' | 'right';
  /** Paths begin with the resource: `auth/pool/origin`, `auth/pool/mfa/MFAMode`. */
  readonly differences: readonly Difference[];
  /** Paths below the resource of what both or one of them have and no value was compared of. */
  readonly notCompared: readonly string[];
  /** What nobody told, and what may therefore differ unseen: "its code and variables"; empty where all was told. */
  readonly untold: string;
  /** Why settings that AmplifyBackend could have told were not compared: "prod: AWS answered without settings". */
  readonly settingsNotRead: readonly string[];
  /** Set where schemas had to be compared by their lines. `why` is what one of them does or is. */
  readonly schema?: { readonly why: string; readonly lines: LineDiff };
}

/** Two environments that were compared. */
export interface EnvironmentComparison {
  readonly state: 'compared';
  /** Of all resources, by path; feature flags under `feature flags/`. */
  readonly differences: readonly Difference[];
  /** Labels of the resources that both have and that show no difference: read `resources` for how far that goes. */
  readonly same: readonly string[];
  /** Every resource of either side, those of the left in their order first. */
  readonly resources: readonly ResourceComparison[];
  /** Of feature flags alone. */
  readonly ofFlags: readonly Difference[];
  /** Whether feature flags were compared, and why not. */
  readonly flags: 'compared' | { readonly notCompared: string };
}

/** Environments that cannot be compared, since of one of them nothing is known. */
export interface NotCompared {
  readonly state: 'not compared';
  /** A sentence for each side that cannot be read: "prod cannot be read: its amplifyMetaConfig is empty." */
  readonly why: readonly string[];
}

type Facts = Pick<Resource, 'service' | 'origin' | 'state'>;

const identityOf = ({ service, origin, state }: Resource): Facts => ({ service, origin, state });

type Sides = readonly [left: ReadEnvironment, right: ReadEnvironment];

/** What the metas tell of a resource; of its outputs where both have any. */
function byMeta(left: Resource, right: Resource, [ofLeft, ofRight]: Sides) {
  const withOutputs = left.state === right.state;
  const inLeft = comparableOf(left, ofLeft.environment, withOutputs);
  const inRight = comparableOf(right, ofRight.environment, withOutputs);
  return {
    differences: differencesOf(inLeft.facts, inRight.facts, [left.label]),
    isTold: isTold(inLeft) || isTold(inRight),
    notCompared: [...inLeft.notCompared, ...inRight.notCompared],
  };
}

/** What AmplifyBackend tells of it; undefined where it does not tell of both. */
function bySettings(label: string, [left, right]: Sides) {
  const [inLeft, inRight] = [left.settings.get(label), right.settings.get(label)];
  if (inLeft?.state !== 'read' || inRight?.state !== 'read') return undefined;
  const [ofLeft, ofRight] = [comparableSettings(inLeft.config), comparableSettings(inRight.config)];
  return {
    differences: differencesOf(ofLeft.facts, ofRight.facts, [label]),
    notCompared: [...ofLeft.notCompared, ...ofRight.notCompared],
  };
}

const settingsNotRead = (label: string, sides: Sides): string[] =>
  sides.flatMap(({ environment, settings }) => {
    const reading = settings.get(label);
    return reading?.state === 'unavailable' ? [`${quoteName(environment)}: ${reading.why}`] : [];
  });

const sizeOf = (schema: string) => `a schema of ${schema.split('\n').length} lines`;

interface OfSchema {
  readonly differences: readonly Difference[];
  readonly isCompared: boolean;
  readonly schema?: ResourceComparison['schema'];
}

const none: OfSchema = { differences: [], isCompared: false };

/** The schemas of an API; of two that tell their settings, that one has a schema and the other has none. */
async function bySchema(label: string, sides: Sides): Promise<OfSchema> {
  const [left, right] = sides.map(({ schemas }) => schemas.get(label));
  const path = `${label}/transformSchema`;
  if (left === undefined && right === undefined) return none;
  if (left !== undefined && right !== undefined) {
    const found = await compareSchemas(left, right, path);
    if (found.by === 'types') return { differences: found.differences, isCompared: true };
    const { why, lines } = found;
    const difference = { path, is: 'different', left: sizeOf(left), right: sizeOf(right) } as const;
    const differences = lines.lines.length === 0 ? [] : [difference];
    return { differences, isCompared: true, schema: { why, lines } };
  }
  if (sides.some(({ settings }) => settings.get(label)?.state !== 'read')) return none;
  const difference: Difference =
    left === undefined
      ? { path, is: 'only right', right: sizeOf(right ?? '') }
      : { path, is: 'only left', left: sizeOf(left) };
  return { differences: [difference], isCompared: true };
}

async function compareResource(left: Resource, right: Resource, sides: Sides): Promise<ResourceComparison> {
  const { label } = left;
  const identity = differencesOf(identityOf(left), identityOf(right), [label]);
  const meta = byMeta(left, right, sides);
  const settings = bySettings(label, sides);
  const schema = await bySchema(label, sides);
  const isOneSchemaTold = !schema.isCompared && sides.some(({ schemas }) => schemas.has(label));
  const comparedBy = settings ? 'settings' : meta.isTold || schema.isCompared ? 'outputs' : 'name';
  return {
    resource: label,
    comparedBy,
    differences: [...identity, ...meta.differences, ...(settings?.differences ?? []), ...schema.differences],
    notCompared: [
      ...new Set([...meta.notCompared, ...(settings?.notCompared ?? [])]),
      ...(isOneSchemaTold ? ['transformSchema'] : []),
    ].sort(),
    untold: untoldOf(left, right, comparedBy),
    settingsNotRead: settingsNotRead(label, sides),
    ...(schema.schema && { schema: schema.schema }),
  };
}

/** What its row says; nothing where its settings were compared. */
function untoldOf(left: Resource, right: Resource, comparedBy: ResourceComparison['comparedBy']): string {
  if (comparedBy === 'settings') return '';
  const row = rowOf(left) ?? rowOf(right);
  return row?.untold ?? 'all that is not in its outputs: nobody has described this service';
}

/** A resource that one side alone has. */
function lonely(resource: Resource, is: 'only left' | 'only right'): ResourceComparison {
  const side = is === 'only left' ? 'left' : 'right';
  return {
    resource: resource.label,
    ...{ comparedBy: 'name', onlyIn: side },
    differences: [{ path: resource.label, is, [side]: identityOf(resource) }],
    notCompared: [],
    untold: '',
    settingsNotRead: [],
  };
}

/** Whether anything in a value was cut, for its depth. */
const hasCut = (value: unknown): boolean =>
  value !== null && typeof value === 'object' ? Object.values(value).some(hasCut) : isTruncated(value);

function compareFlags(sides: Sides) {
  const unread = sides.flatMap(({ environment, flags }) =>
    flags.state === 'unreadable'
      ? [`of ${quoteName(environment)}, amplifyFeatureFlags ${flags.why}`]
      : flags.state === 'read' && hasCut(flags.value)
        ? [`of ${quoteName(environment)}, amplifyFeatureFlags are nested too deeply`]
        : [],
  );
  if (unread.length > 0) return { ofFlags: [], flags: { notCompared: unread.join('; ') } };
  const [left, right] = sides.map(({ flags }) => (flags.state === 'read' ? flags.value : undefined));
  if (!left && !right) return { ofFlags: [], flags: { notCompared: 'neither side tells any' } };
  return {
    ofFlags: differencesOf(left ?? {}, right ?? {}, ['feature flags']),
    flags: 'compared' as const,
  };
}

/** Compares them. */
export async function compareEnvironments(
  left: Environment,
  right: Environment,
): Promise<EnvironmentComparison | NotCompared> {
  if (left.state === 'unreadable' || right.state === 'unreadable') {
    const unread = [left, right].flatMap(side => (side.state === 'unreadable' ? [side] : []));
    return {
      state: 'not compared',
      why: unread.map(side => `${quoteName(side.environment)} ${whyUnreadable(side).replace(/\.$/, '')}.`),
    };
  }
  const inRight = new Map(right.resources.map(resource => [resource.label, resource]));
  const inLeft = new Set(left.resources.map(({ label }) => label));
  const resources: ResourceComparison[] = [];
  const nextStep = createSlices();
  for (const resource of left.resources) {
    await nextStep();
    const twin = inRight.get(resource.label);
    resources.push(
      twin ? await compareResource(resource, twin, [left, right]) : lonely(resource, 'only left'),
    );
  }
  for (const resource of right.resources)
    if (!inLeft.has(resource.label)) resources.push(lonely(resource, 'only right'));
  const { ofFlags, flags } = compareFlags([left, right]);
  return {
    state: 'compared',
    differences: [...resources.flatMap(({ differences }) => differences), ...ofFlags],
    same: resources.filter(({ differences }) => differences.length === 0).map(({ resource }) => resource),
    ...{ resources, ofFlags, flags },
  };
}
