/**
 * Reads the amplify-meta of an environment, which AmplifyBackend answers in `amplifyMetaConfig`, without its secrets. A
 * meta that cannot be read is distinguished from that of an environment that was only registered.
 */
import { createSlices } from '../lib/event-loop.ts';
import { isObject, type Json, memberOf, objectOf, textOf } from '../lib/json.ts';
import { redactMeta } from '../lib/redact.ts';
import { boundResource } from './bound-resource.ts';
import { type Reading, readCommentedJson, readJson, type Unreadable } from './read-text.ts';
import { findRepeatedNames } from './repeated-names.ts';

/** The entry of a resource in the meta. */
export interface MetaEntry {
  readonly category: string;
  readonly name: string;
  /** The whole entry without secrets: `service`, `output`, `dependsOn`, times ... */
  readonly facts: Json;
}

/** A meta that was read. */
export interface ReadMeta {
  readonly state: 'read';
  /** Without secrets. */
  readonly value: Json;
  /** `providers.awscloudformation`: StackName, StackId, Region, DeploymentBucketName, AmplifyAppId, roles. */
  readonly provider: Json;
  readonly entries: readonly MetaEntry[];
  /**
   * Labels of entries that are no category or resource, that were cut, or that are named twice: `auth`,
   * `auth/pool`, `auth/pool, named twice`. Foreign text.
   */
  readonly unreadableEntries: readonly string[];
}

export type MetaReading = ReadMeta | Unreadable;

/** Members that are no category. `parameters` and `version` occur in a backend-config. */
const nonCategories = new Set(['providers', 'parameters', 'version']);

/** The entries of a meta or a backend-config. */
export function entriesOf(document: Json): Pick<ReadMeta, 'entries' | 'unreadableEntries'> {
  const entries: MetaEntry[] = [];
  const unreadableEntries: string[] = [];
  for (const [category, resources] of Object.entries(document)) {
    if (nonCategories.has(category)) continue;
    if (!isObject(resources)) {
      unreadableEntries.push(category);
      continue;
    }
    for (const [name, facts] of Object.entries(resources)) {
      if (isObject(facts)) entries.push({ category, name, facts });
      else unreadableEntries.push(`${category}/${name}`);
    }
  }
  return { entries, unreadableEntries };
}

const emptyMeta: ReadMeta = {
  state: 'read',
  value: {},
  provider: {},
  entries: [],
  unreadableEntries: [],
};

const asItIs = (value: unknown) => value;

/** A meta within its bounds and without its secrets, a resource at a time, so that other calls are served in between. */
async function withoutSecrets(meta: Json): Promise<{ readonly value: Json; readonly cut: string[] }> {
  const nextStep = createSlices();
  const cut: string[] = [];
  const take = async (value: unknown, path: string, wrap: (value: unknown) => unknown) => {
    await nextStep();
    const bounded = boundResource(value);
    cut.push(...bounded.cut.map(below => (below === '' ? path : `${path}/${below}`)));
    return Object.entries(redactMeta(wrap(bounded.value)) as Json);
  };
  const categories: [string, unknown][] = [];
  for (const [category, resources] of Object.entries(meta)) {
    if (!isObject(resources) || Object.keys(resources).length === 0) {
      categories.push(...(await take(resources, category, value => ({ [category]: value }))));
      continue;
    }
    const kept: [string, unknown][] = [];
    let name = category;
    for (const [resource, facts] of Object.entries(resources)) {
      const wrap = (value: unknown) => ({ [category]: { [resource]: value } });
      for (const [shown, one] of await take(facts, `${category}/${resource}`, wrap)) {
        name = shown;
        kept.push(...Object.entries(objectOf(one)));
      }
    }
    categories.push([name, Object.fromEntries(kept)]);
  }
  return { value: Object.fromEntries(categories), cut };
}

const SHOWN_ONCE = 'the last one is shown, and what the others say is lost';

/** One member for each repeated name. They become part of the meta, so that a later read of it reports them too. */
const repeatedNameMembers = (given: unknown): Json =>
  Object.fromEntries(
    typeof given === 'string' ? findRepeatedNames(given).map(label => [label, SHOWN_ONCE]) : [],
  );

/** Reads a meta. @param given the text as AWS answers it, or what was parsed of it; undefined where AWS answers none */
export async function readMeta(given: unknown): Promise<MetaReading> {
  const reading = readJson(given, asItIs);
  if (reading.state === 'absent') return emptyMeta;
  if (reading.state === 'unreadable') return reading;
  const { value, cut } = await withoutSecrets({ ...reading.value, ...repeatedNameMembers(given) });
  const { entries, unreadableEntries } = entriesOf(value);
  return {
    ...{ state: 'read', value, entries },
    provider: objectOf(objectOf(value.providers).awscloudformation),
    unreadableEntries: [...unreadableEntries, ...cut],
  };
}

/** The outputs of each resource of a category; none where the meta cannot be read. */
export function outputsIn(given: unknown, category: string): Json[] {
  const meta = readJson(given, value => redactMeta({ [category]: memberOf(value, category) }));
  const { entries } = entriesOf(meta.state === 'read' ? meta.value : {});
  return entries.flatMap(({ facts }) => (isObject(facts.output) ? [facts.output] : []));
}

/** Reads feature flags: `amplifyFeatureFlags`, or a `cli.json`. They may have comments. */
export const readFeatureFlags = (given: unknown): Promise<Reading> => readCommentedJson(given);

/** Reads a `backend-config.json`: it only declares resources. It may have comments. */
export const readBackendConfig = (given: unknown): Promise<Reading> => readCommentedJson(given, redactMeta);

/** The region that a meta names. */
export const regionOf = ({ provider }: Pick<ReadMeta, 'provider'>): string | undefined =>
  textOf(provider.Region);
