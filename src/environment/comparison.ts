/**
 * Compares two environments, resource by resource: what differs, how each resource was compared, and what was not
 * compared. Equal names alone prove nothing: origin and deployment of each resource are compared too.
 */

import { createSlices } from '../lib/event-loop.ts';
import { quoteName } from '../lib/quote.ts';
import { isTruncated } from '../lib/truncation.ts';
import { comparableOf, comparableSettings, hasComparableFacts } from './comparable.ts';
import { type Difference, differencesOf } from './differences.ts';
import { type Environment, type ReadEnvironment, whyUnreadable } from './environment.ts';
import type { LineDiff } from './line-diff.ts';
import { type Resource, rowOf } from './resources.ts';
import { compareSchemas } from './schema-comparison.ts';

/** The comparison of a resource. */
export interface ResourceComparison {
  /** `category/name` */
  readonly resource: string;
  /**
   * By its settings, where AmplifyBackend shows both sides'; by its outputs and its entry in the meta; or by name alone,
   * with service, origin and deployment, where nothing else is known.
   */
  readonly comparedBy: 'settings' | 'outputs' | 'name';
  /** Set where only one side has the resource; that is its one difference. */
  readonly onlyIn?: 'left' | 'right';
  /** Paths begin with the resource: `auth/pool/origin`, `auth/pool/mfa/MFAMode`. */
  readonly differences: readonly Difference[];
  /** Paths below the resource whose values were not compared. */
  readonly notCompared: readonly string[];
  /** What neither the meta nor the settings show, so that a difference goes unnoticed: "its code and variables"; may be empty. */
  readonly notShown: string;
  /** Why settings that AmplifyBackend manages were not compared: "prod: AWS answered without settings". */
  readonly settingsNotRead: readonly string[];
  /** Set where schemas were compared by lines. `why` says what is wrong with one of them. */
  readonly schema?: { readonly why: string; readonly lines: LineDiff };
}

/** The comparison of two environments. */
export interface EnvironmentComparison {
  readonly state: 'compared';
  /** Of all resources, by path; feature flags under `feature flags/`. */
  readonly differences: readonly Difference[];
  /** Labels of the resources that both sides have without a difference; `resources` says how each was compared. */
  readonly same: readonly string[];
  /** Every resource of either side: the left side's in their order, then the rest. */
  readonly resources: readonly ResourceComparison[];
  /** The differences of feature flags. */
  readonly flagDifferences: readonly Difference[];
  /** Whether feature flags were compared, or why not. */
  readonly flags: 'compared' | { readonly notCompared: string };
}

/** Environments that cannot be compared, because nothing is known of one of them. */
export interface NotCompared {
  readonly state: 'not compared';
  /** A sentence for each side that cannot be read: "prod cannot be read: its amplifyMetaConfig is empty." */
  readonly why: readonly string[];
}

type Facts = Pick<Resource, 'service' | 'origin' | 'state'>;

const identityOf = ({ service, origin, state }: Resource): Facts => ({ service, origin, state });

type Sides = readonly [left: ReadEnvironment, right: ReadEnvironment];

/** The comparison by the metas, with outputs where both sides have any. */
function byMeta(left: Resource, right: Resource, [ofLeft, ofRight]: Sides) {
  const withOutputs = left.state === right.state;
  const inLeft = comparableOf(left, ofLeft.environment, withOutputs);
  const inRight = comparableOf(right, ofRight.environment, withOutputs);
  return {
    differences: differencesOf(inLeft.facts, inRight.facts, [left.label]),
    hasFacts: hasComparableFacts(inLeft) || hasComparableFacts(inRight),
    notCompared: [...inLeft.notCompared, ...inRight.notCompared],
  };
}

/** The comparison by settings; undefined where AmplifyBackend does not show both sides'. */
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

interface SchemaPart {
  readonly differences: readonly Difference[];
  readonly isCompared: boolean;
  readonly schema?: ResourceComparison['schema'];
}

const schemaNotCompared: SchemaPart = { differences: [], isCompared: false };

/** The comparison of an API's schemas, or of their presence where only one side has a schema. */
async function bySchema(label: string, sides: Sides): Promise<SchemaPart> {
  const [left, right] = sides.map(({ schemas }) => schemas.get(label));
  const path = `${label}/transformSchema`;
  if (left === undefined && right === undefined) return schemaNotCompared;
  if (left !== undefined && right !== undefined) {
    const found = await compareSchemas(left, right, path);
    if (found.by === 'types') return { differences: found.differences, isCompared: true };
    const { why, lines } = found;
    const difference = { path, is: 'different', left: sizeOf(left), right: sizeOf(right) } as const;
    const differences = lines.lines.length === 0 ? [] : [difference];
    return { differences, isCompared: true, schema: { why, lines } };
  }
  if (sides.some(({ settings }) => settings.get(label)?.state !== 'read')) return schemaNotCompared;
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
  const hasOneSchemaOnly = !schema.isCompared && sides.some(({ schemas }) => schemas.has(label));
  const comparedBy = settings ? 'settings' : meta.hasFacts || schema.isCompared ? 'outputs' : 'name';
  return {
    resource: label,
    comparedBy,
    differences: [...identity, ...meta.differences, ...(settings?.differences ?? []), ...schema.differences],
    notCompared: [
      ...new Set([...meta.notCompared, ...(settings?.notCompared ?? [])]),
      ...(hasOneSchemaOnly ? ['transformSchema'] : []),
    ].sort(),
    notShown: notShownText(left, right, comparedBy),
    settingsNotRead: settingsNotRead(label, sides),
    ...(schema.schema && { schema: schema.schema }),
  };
}

/** What the comparison does not show; empty where settings were compared. */
function notShownText(left: Resource, right: Resource, comparedBy: ResourceComparison['comparedBy']): string {
  if (comparedBy === 'settings') return '';
  const row = rowOf(left) ?? rowOf(right);
  return row?.notShown ?? 'everything that is not in its outputs: this service is unknown here';
}

/** A resource that only one side has. */
function onlyOnOneSide(resource: Resource, is: 'only left' | 'only right'): ResourceComparison {
  const side = is === 'only left' ? 'left' : 'right';
  return {
    resource: resource.label,
    ...{ comparedBy: 'name', onlyIn: side },
    differences: [{ path: resource.label, is, [side]: identityOf(resource) }],
    notCompared: [],
    notShown: '',
    settingsNotRead: [],
  };
}

/** Whether anything in a value was cut because of its depth. */
const hasTruncated = (value: unknown): boolean =>
  value !== null && typeof value === 'object' ? Object.values(value).some(hasTruncated) : isTruncated(value);

function compareFlags(sides: Sides) {
  const unread = sides.flatMap(({ environment, flags }) =>
    flags.state === 'unreadable'
      ? [`of ${quoteName(environment)}, amplifyFeatureFlags ${flags.why}`]
      : flags.state === 'read' && hasTruncated(flags.value)
        ? [`of ${quoteName(environment)}, amplifyFeatureFlags are nested too deeply`]
        : [],
  );
  if (unread.length > 0) return { flagDifferences: [], flags: { notCompared: unread.join('; ') } };
  const [left, right] = sides.map(({ flags }) => (flags.state === 'read' ? flags.value : undefined));
  if (!left && !right) return { flagDifferences: [], flags: { notCompared: 'neither side has any' } };
  return {
    flagDifferences: differencesOf(left ?? {}, right ?? {}, ['feature flags']),
    flags: 'compared' as const,
  };
}

/** Compares two environments. */
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
    const counterpart = inRight.get(resource.label);
    resources.push(
      counterpart
        ? await compareResource(resource, counterpart, [left, right])
        : onlyOnOneSide(resource, 'only left'),
    );
  }
  for (const resource of right.resources)
    if (!inLeft.has(resource.label)) resources.push(onlyOnOneSide(resource, 'only right'));
  const { flagDifferences, flags } = compareFlags([left, right]);
  return {
    state: 'compared',
    differences: [...resources.flatMap(({ differences }) => differences), ...flagDifferences],
    same: resources.filter(({ differences }) => differences.length === 0).map(({ resource }) => resource),
    ...{ resources, flagDifferences, flags },
  };
}
