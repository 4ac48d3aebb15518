/** The model of one environment, from AWS's answers. */
import { createSlices } from '../lib/event-loop.ts';
import { type Json, textOf } from '../lib/json.ts';
import { quoteNames } from '../lib/quote.ts';
import { withTables } from './api-tables.ts';
import { entriesOf, type ReadMeta, readBackendConfig, readFeatureFlags, readMeta, regionOf } from './meta.ts';
import type { Reading, Unreadable } from './read-text.ts';
import { type Resource, resourceOf } from './resources.ts';
import { type AskedQuestion, type SettingsReading, settingsQuestion } from './settings.ts';
import { type NamedStack, namedStack } from './stack-names.ts';

/** The sources of an environment, unparsed. */
export interface EnvironmentSources {
  readonly appId: string;
  /** Its name, `backendEnvironmentName`. */
  readonly environment: string;
  readonly appName?: string | undefined;
  /** `amplifyMetaConfig` of `get_backend`: the text, or what was parsed of it; undefined where it is missing. */
  readonly meta: unknown;
  /** `amplifyFeatureFlags` of `get_backend`, or a `cli.json`. */
  readonly flags?: unknown;
  /** A `backend-config.json`: it names resources that were added and never pushed. */
  readonly backendConfig?: unknown;
  /** The answers to the reads of `settingsQuestion`, by label. */
  readonly settings?: ReadonlyMap<string, SettingsReading>;
  /** Further schemas, by the label of their API. Schemas in `settings` need not be repeated. */
  readonly schemas?: ReadonlyMap<string, string>;
}

/** What is known of every environment, readable or not. */
interface Named {
  readonly appId: string;
  readonly environment: string;
  readonly appName?: string;
  /** Feature flags: those of an environment may be readable although its meta is not. */
  readonly flags: Reading;
}

/** An environment whose meta was read. */
export interface ReadEnvironment extends Named {
  /** `registered`: it has no stack and nothing in AWS, like an environment that was never pushed. */
  readonly state: 'deployed' | 'registered';
  readonly stack: NamedStack;
  readonly region?: string;
  /** The whole meta, without secrets. For display only: the other members answer questions about it. */
  readonly meta: Json;
  /** In the order of the meta. */
  readonly resources: readonly Resource[];
  readonly settings: ReadonlyMap<string, SettingsReading>;
  readonly schemas: ReadonlyMap<string, string>;
  /** Labels of entries of the meta that are no readable resources, and so are in no answer. Foreign text. */
  readonly unreadableEntries: readonly string[];
}

/** An environment that AWS lists, but whose contents cannot be read. */
export interface UnreadableEnvironment extends Named, Unreadable {
  /** Set where AWS lists it but refuses to read it. `why` then quotes AWS's words. */
  readonly isRefused?: true;
}

export type Environment = ReadEnvironment | UnreadableEnvironment;

/** Schemas by the label of their API, from the sources and from settings. */
function schemasOf({ schemas, settings }: EnvironmentSources): Map<string, string> {
  const found = new Map(schemas);
  for (const [label, reading] of settings ?? []) {
    const schema = reading.state === 'read' ? textOf(reading.config.transformSchema) : undefined;
    if (schema !== undefined) found.set(label, schema);
  }
  return found;
}

/** Adds the origin that settings show: AmplifyBackend may answer `imported` where the meta does not say so. */
function withOrigin(resource: Resource, settings: SettingsReading | undefined): Resource {
  const isImported = settings?.state === 'read' && settings.config.imported === true;
  return isImported ? { ...resource, origin: 'imported' } : resource;
}

/** Resources that the backend-config names and the meta does not. */
async function declaredIn(backendConfig: unknown, known: ReadonlySet<string>, environment: string) {
  const config = await readBackendConfig(backendConfig);
  if (config.state !== 'read') return { declared: [], config };
  const { entries } = entriesOf(config.value);
  const declared = entries
    .map(entry => resourceOf({ ...entry, facts: { ...entry.facts, output: {} } }, environment))
    .filter(({ label }) => !known.has(label));
  return { declared, config };
}

const isDeployed = (stack: NamedStack, resources: readonly Resource[]) =>
  stack.name !== undefined || stack.id !== undefined || resources.some(({ state }) => state === 'deployed');

async function fromMeta(
  meta: ReadMeta,
  sources: EnvironmentSources,
  flags: Reading,
): Promise<ReadEnvironment> {
  const { appId, environment, appName, settings = new Map() } = sources;
  const schemas = schemasOf(sources);
  const nextStep = createSlices();
  const ofMeta: Resource[] = [];
  for (const entry of meta.entries) {
    ofMeta.push(resourceOf(entry, environment));
    await nextStep();
  }
  const known = new Set(ofMeta.map(({ label }) => label));
  const { declared, config } = await declaredIn(sources.backendConfig, known, environment);
  const resources: Resource[] = [];
  for (const resource of [...ofMeta, ...declared]) {
    const own = withOrigin(resource, settings.get(resource.label));
    resources.push(await withTables(own, environment, schemas.get(own.label), settings.get(own.label)));
  }
  const stack = namedStack(meta);
  const region = regionOf(meta);
  const unreadableEntries =
    config.state === 'unreadable'
      ? [...meta.unreadableEntries, 'backend-config.json']
      : meta.unreadableEntries;
  return {
    state: isDeployed(stack, resources) ? 'deployed' : 'registered',
    ...{
      appId,
      environment,
      flags,
      stack,
      meta: meta.value,
      resources,
      settings,
      schemas,
      unreadableEntries,
    },
    ...(appName !== undefined && { appName }),
    ...(region !== undefined && { region }),
  };
}

/**
 * Why an environment without a single readable resource is `unreadable`: one of its unreadable entries may be a resource.
 */
function whyWithoutResources({ state, resources, unreadableEntries }: ReadEnvironment): string | undefined {
  const isEmpty = state === 'registered' && resources.length === 0 && unreadableEntries.length > 0;
  return isEmpty
    ? `holds no resource that can be read, although it has entries: ${quoteNames(unreadableEntries, 5)}`
    : undefined;
}

/** Reads an environment. Never throws, whatever the sources hold. */
export async function readEnvironment(sources: EnvironmentSources): Promise<Environment> {
  const { appId, environment, appName } = sources;
  const flags = await readFeatureFlags(sources.flags);
  const meta = await readMeta(sources.meta);
  const named = { appId, environment, flags, ...(appName !== undefined && { appName }) };
  if (meta.state === 'unreadable') return { ...meta, ...named };
  const found = await fromMeta(meta, sources, flags);
  const why = whyWithoutResources(found);
  return why === undefined ? found : { state: 'unreadable', why, start: '', ...named };
}

/**
 * An environment that AWS lists but refuses to read, for instance because its bucket was deleted by hand.
 * @param refusal a sentence with AWS's words, quoted
 */
export function refusedEnvironment(
  named: Pick<EnvironmentSources, 'appId' | 'environment' | 'appName'>,
  refusal: string,
): UnreadableEnvironment {
  const { appId, environment, appName } = named;
  return {
    ...{ state: 'unreadable', isRefused: true, appId, environment, flags: { state: 'absent' } },
    ...{ why: `is listed, but AWS refuses to read it: ${refusal}`, start: '' },
    ...(appName !== undefined && { appName }),
  };
}

/** Why an environment is unknown, as a clause to follow its name. */
export const whyUnreadable = ({ isRefused, why }: UnreadableEnvironment): string =>
  isRefused ? why : `cannot be read: its amplifyMetaConfig ${why}`;

/** Asks AmplifyBackend for settings. `settingsFrom` reads the answer; a refusal becomes `settingsRefused`. */
export type AskForSettings = (question: AskedQuestion) => Promise<SettingsReading>;

/** How many questions are sent at once. */
const AT_ONCE = 5;

/**
 * Reads an environment with the settings of every resource that AmplifyBackend manages, and so with the tables of its
 * APIs. Asks once for each resource, and not at all for an unreadable environment.
 * @throws what `ask` throws
 */
export async function readEnvironmentWithSettings(
  sources: Omit<EnvironmentSources, 'settings'>,
  ask: AskForSettings,
): Promise<Environment> {
  const environment = await readEnvironment(sources);
  if (environment.state === 'unreadable') return environment;
  const questions = environment.resources.flatMap(resource => {
    const question = settingsQuestion(resource);
    return question.tool === undefined ? [] : [{ label: resource.label, question }];
  });
  const settings = new Map<string, SettingsReading>();
  for (let at = 0; at < questions.length; at += AT_ONCE) {
    const batch = questions.slice(at, at + AT_ONCE);
    const readings = await Promise.all(
      batch.map(async ({ label, question }) => [label, await ask(question)] as const),
    );
    for (const [label, reading] of readings) settings.set(label, reading);
  }
  return readEnvironment({ ...sources, settings });
}
