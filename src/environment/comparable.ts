/**
 * Which parts of a resource can be compared with another environment's. Values that two environments can never share are
 * not compared, and each of them is named by its path.
 *
 * Not compared are: times and hashes of pushes; where builds and templates are stored; what identifies a thing (ARNs, ids,
 * addresses, names, regions); withheld secrets. Everything else is compared, whatever its name.
 */

import { isObject, type Json, objectOf, parseStructure, textOf } from '../lib/json.ts';
import { isTruncated } from '../lib/truncation.ts';
import { isWithheld } from '../lib/withheld-mark.ts';
import { identified, isRegion } from './identifiers.ts';
import { identifyingOutputs, isSetting, type Resource, rowOf } from './resources.ts';

/** The comparable parts of a resource. */
export interface Comparable {
  readonly facts: Json;
  /** Paths below the resource, as in `output/UserPoolId`, of what is not compared by its value. */
  readonly notCompared: readonly string[];
}

/** Members of an entry that say where it was pushed and built. */
const pushMembers = new Set([
  'providerMetadata',
  's3Bucket',
  'distZipFilename',
  'build',
  'sha',
  'mobileHubMigrated',
]);

/** Whether a member describes a push or a build: `lastPushTimeStamp`, `lastBuildType`, `lastPushDirHash`, `versionHash`. */
const isPushMember = (name: string) => pushMembers.has(name) || /^last[A-Z]|Hash$/.test(name);

/** Members that `Resource` has under names of its own: they are compared there. */
const modelMembers = new Set(['service', 'serviceType', 'output', 'dependsOn']);

/** Members that count changes or identify one copy of a thing, at any depth. */
const copyMembers = new Set([
  'ApplicationId',
  'Version',
  'LastModifiedBy',
  'userPoolId',
  'Id',
  'ResourceName',
]);

/** Ids in `hostedUIProviderCreds` that a social provider gave out: two environments can share them. */
const sharedProviderIds = new Set(['client_id', 'team_id', 'key_id']);

const isTime = (value: string) => /^\d{4}-\d\d-\d\dT\d\d:\d\d/.test(value);

/** Whether a value looks like one that belongs to a single environment. */
function isOneEnvironmentsOwn(name: string, value: unknown, environment: string): boolean {
  if (typeof value !== 'string') return false;
  return (
    isTime(value) ||
    isRegion(value) ||
    value.includes('arn:aws') ||
    value.includes('://') ||
    identified(name, value, environment) !== undefined
  );
}

/**
 * What the name of a value says about it. The name of an output shows whether the value identifies something; names in the
 * rest of an entry, which people write, do not. A setting is compared even if it looks like an identifier.
 */
type NameMeaning = 'identifies' | 'says nothing' | 'setting';

/** Collects the comparable parts. */
class Collector {
  readonly notCompared: string[] = [];
  readonly #environment: string;

  constructor(environment: string) {
    this.#environment = environment;
  }

  /** Records a path that is not compared. */
  drop(path: readonly string[]): undefined {
    this.notCompared.push(path.join('/'));
    return undefined;
  }

  /** The comparable parts of a value; undefined where there are none. */
  take(value: unknown, path: readonly string[], meaning: NameMeaning): unknown {
    const name = path.at(-1) ?? '';
    if (copyMembers.has(name)) return this.drop(path);
    // A text that holds JSON, as OAuthMetadata does, is compared as the parsed value.
    const inner = typeof value === 'string' ? (parseStructure(value) ?? value) : value;
    if (Array.isArray(inner)) {
      const items = inner.map(item => this.take(item, path, meaning));
      return items.filter(item => item !== undefined);
    }
    if (isObject(inner)) return this.members(inner, path, meaning);
    if (isWithheld(value) || isTruncated(value) || (typeof value === 'string' && isTime(value)))
      return this.drop(path);
    if (sharedProviderIds.has(name)) return value;
    const isDropped =
      meaning !== 'setting' &&
      isOneEnvironmentsOwn(meaning === 'identifies' ? name : '', value, this.#environment);
    return isDropped ? this.drop(path) : value;
  }

  members(value: Json, path: readonly string[], meaning: NameMeaning): Json {
    return Object.fromEntries(
      Object.entries(value)
        .map(([name, inner]) => [name, this.take(inner, [...path, name], meaning)] as const)
        .filter(([, inner]) => inner !== undefined),
    );
  }
}

/** Dependencies by resource, with the outputs that each provides: their order means nothing. */
function dependenciesOf({ dependsOn }: Json): Json {
  if (dependsOn === undefined || (Array.isArray(dependsOn) && dependsOn.length === 0)) return {};
  if (!Array.isArray(dependsOn)) return { dependsOn };
  const byLabel = new Map<string, unknown[]>();
  for (const one of dependsOn) {
    const { category, resourceName, ...provided } = objectOf(one);
    const label = isObject(one) ? `${category}/${resourceName}` : JSON.stringify(one);
    byLabel.set(label, [...(byLabel.get(label) ?? []), provided]);
  }
  const entries = [...byLabel].map(([label, all]) => [label, all.length === 1 ? all[0] : all]);
  return { dependsOn: Object.fromEntries(entries) };
}

/** The kind within a service, such as `video-on-demand`. Amplify Studio writes `managed` where the CLI writes none. */
function kindOf({ serviceType }: Json): Json {
  const kind = textOf(serviceType);
  return kind === undefined || kind === 'imported' || kind === 'managed' ? {} : { serviceType: kind };
}

/** The comparable outputs. Of optional features, only their presence is compared. */
function outputsOf({ outputs, ...resource }: Resource, collector: Collector): Json {
  const row = rowOf(resource);
  const { features = [] } = row ?? {};
  const named = row ? identifyingOutputs(row) : new Set<string>();
  const taken = Object.entries(outputs).map(([name, value]) => {
    const isOfSettings = row !== undefined && isSetting(row, name);
    const path = ['output', name];
    const meaning = isOfSettings ? 'setting' : 'identifies';
    const kept =
      named.has(name) && !isOfSettings ? collector.drop(path) : collector.take(value, path, meaning);
    const isPresent = kept === undefined && value !== undefined && features.includes(name);
    return [name, isPresent ? 'present' : kept] as const;
  });
  return Object.fromEntries(taken.filter(([, value]) => value !== undefined));
}

/**
 * The comparable parts of a resource's entry in the meta.
 * @param environment the name with which names of its things end
 * @param withOutputs whether to compare outputs; false where the other side has none
 */
export function comparableOf(resource: Resource, environment: string, withOutputs: boolean): Comparable {
  const { name, facts, outputs } = resource;
  const collector = new Collector(environment);
  const members = Object.entries(facts).filter(
    ([member]) => !modelMembers.has(member) && !isPushMember(member),
  );
  const kept = collector.members(Object.fromEntries(members), [], 'says nothing');
  for (const member of Object.keys(facts).filter(isPushMember)) collector.drop([member]);
  const derived = withOutputs ? rowOf(resource)?.derivedFacts?.({ name, outputs, facts }) : {};
  return {
    facts: {
      ...kept,
      ...derived,
      ...kindOf(facts),
      ...dependenciesOf(facts),
      ...(withOutputs && { output: outputsOf(resource, collector) }),
    },
    notCompared: collector.notCompared,
  };
}

/** Members that every resource has. */
const commonFacts = new Set(['providerPlugin', 'dependsOn']);

/** Whether the meta says more about a resource than that it exists. */
export const hasComparableFacts = ({ facts: { output, ...facts } }: Comparable): boolean =>
  Object.keys(facts).some(name => !commonFacts.has(name)) || Object.keys(objectOf(output)).length > 0;

/** Settings that name one environment's own things, which a copy cannot share. */
const ownSettings = new Set(
  ['bucketName', 'cognitoUserPoolId', 'domainPrefix', 'identityPoolName', 'userPoolName'].concat([
    'imported',
    'transformSchema',
  ]),
);

/** The comparable settings of a resource, without its schema. */
export function comparableSettings(config: Json): Comparable {
  const notCompared: string[] = [];
  const take = (value: unknown, path: readonly string[]): unknown => {
    if (isWithheld(value) || isTruncated(value)) {
      notCompared.push(path.join('/'));
      return undefined;
    }
    if (Array.isArray(value)) return value.map(item => take(item, path)).filter(item => item !== undefined);
    if (!isObject(value)) return value;
    const entries = Object.entries(value).flatMap(([name, inner]) => {
      if (ownSettings.has(name)) {
        if (name !== 'transformSchema' && name !== 'imported') notCompared.push([...path, name].join('/'));
        return [];
      }
      const kept = take(inner, [...path, name]);
      return kept === undefined ? [] : [[name, kept] as const];
    });
    return Object.fromEntries(entries);
  };
  return { facts: take(config, []) as Json, notCompared };
}
