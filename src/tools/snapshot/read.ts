/**
 * What AmplifyBackend knows of an environment, read through the same path as every call, as a snapshot and a provision
 * need it: one resource of each of three categories with its settings, the names of all else, the feature flags.
 */

import type { Outcome } from '../../call/dispatch.ts';
import { environmentTools, type Read, readEnvironmentAt } from '../../call/read-environment.ts';
import { type ReadEnvironment, type Resource, whyUnreadable } from '../../environment/index.ts';
import { ServerError } from '../../errors.ts';
import type { AppRef, EnvironmentRef } from '../../jobs/job.ts';
import type { Json } from '../../lib/json.ts';
import { quoteName, quoteNames } from '../../lib/quote.ts';
import type { WorkflowContext } from '../define.ts';

/** Calls a read tool for one environment. @throws RegisteredError */
export type ReadEnvironmentTool = (
  toolName: string,
  args: AppRef & Partial<EnvironmentRef> & { readonly resourceName?: string },
) => Promise<{ readonly answer: Json }>;

/** The categories whose resources the API can make. */
export const categories = ['auth', 'api', 'storage'] as const;
export type Category = (typeof categories)[number];

/** A resource of one of them. */
export interface FoundResource {
  readonly resourceName: string;
  /** Whether what is behind it was there before, and is not Amplify's. */
  readonly isImported: boolean;
  /** The ids that the cloud gave it, by the meta's names. */
  readonly outputs: Json;
  /** Empty where nobody knows them: of what was imported, and of what AWS does not tell. */
  readonly resourceConfig: Json;
  /** Why AWS does not tell its settings, although they are the environment's own. */
  readonly whyUnknown?: string;
}

/** A resource of which no more is known than that it is there. */
export interface OtherResource {
  readonly category: string;
  readonly resourceName: string;
  readonly service?: string;
}

/** An environment as it is. */
export interface FoundEnvironment extends Partial<Readonly<Record<Category, FoundResource>>> {
  readonly appName?: string;
  /** Where it is deployed; absent where it was only registered. */
  readonly region?: string;
  readonly isDeployed: boolean;
  readonly others: readonly OtherResource[];
  readonly featureFlags?: Json;
  /** What could not be read, a sentence each. */
  readonly notes: readonly string[];
}

/** The steps that reading takes. */
export const readSteps = environmentTools;

/** The one service of each category that the API makes. */
const services: Readonly<Record<Category, string>> = { auth: 'Cognito', api: 'AppSync', storage: 'S3' };

/** Calls read tools on the target of a call, without what was handed in for its writes. */
export function readerOn({ execute, caller, signal }: WorkflowContext, target: string | undefined) {
  const call = { ...(caller !== undefined && { caller }), ...(signal && { signal }) };
  return (toolName: string, args: object): Promise<Outcome> =>
    execute(toolName, { ...args, ...(target !== undefined && { target }) }, call);
}

/** The resource of a category: one with settings before one that is imported, either before one without. */
function resourceOf(category: Category, { resources, settings }: ReadEnvironment): Resource | undefined {
  const candidates = resources.filter(
    one => one.category === category && one.service === services[category] && one.state === 'deployed',
  );
  return (
    candidates.find(({ label, origin }) => origin === 'own' && settings.get(label)?.state === 'read') ??
    candidates.find(({ origin }) => origin === 'imported') ??
    candidates[0]
  );
}

function foundOf(resource: Resource, { settings }: ReadEnvironment): FoundResource {
  const { label, name: resourceName, origin, outputs } = resource;
  const reading = settings.get(label);
  const { imported: _, ...resourceConfig } = reading?.state === 'read' ? reading.config : {};
  return {
    ...{ resourceName, isImported: origin === 'imported', outputs, resourceConfig },
    ...(origin === 'own' && reading?.state === 'unavailable' && { whyUnknown: reading.why }),
  };
}

function notesOf(
  { flags, unreadableEntries }: ReadEnvironment,
  found: readonly (readonly [Category, FoundResource])[],
) {
  return [
    ...found.flatMap(([category, { resourceName, whyUnknown }]) =>
      whyUnknown === undefined
        ? []
        : [`The settings of ${quoteName(`${category}/${resourceName}`)} are not known: ${whyUnknown}.`],
    ),
    ...(flags.state === 'unreadable'
      ? [`The feature flags cannot be read: amplifyFeatureFlags ${flags.why}.`]
      : []),
    ...(unreadableEntries.length > 0
      ? [`In the meta, but no resources, and not read (quoted data): ${quoteNames(unreadableEntries)}.`]
      : []),
  ];
}

function foundIn(environment: ReadEnvironment): FoundEnvironment {
  const { appName, region, state, resources, flags } = environment;
  const chosen = categories.flatMap(category => {
    const resource = resourceOf(category, environment);
    return resource ? [[category, resource] as const] : [];
  });
  const found = chosen.map(([category, resource]) => [category, foundOf(resource, environment)] as const);
  const taken = new Set(chosen.map(([, resource]) => resource));
  return {
    ...Object.fromEntries(found),
    ...(appName !== undefined && { appName }),
    ...(region !== undefined && { region }),
    isDeployed: state === 'deployed',
    others: resources
      .filter(one => !taken.has(one))
      .map(({ category, name: resourceName, service }) => ({ category, resourceName, service })),
    ...(flags.state === 'read' && { featureFlags: flags.value }),
    notes: notesOf(environment, found),
  };
}

/**
 * Reads it.
 * @throws RegisteredError not_found where there is no such environment; invalid_arguments where nobody can tell what it
 *   has, which must not pass for nothing
 */
export async function readEnvironment(
  read: ReadEnvironmentTool,
  place: EnvironmentRef,
): Promise<FoundEnvironment> {
  const ask: Read = async (toolName, args) => (await read(toolName, { ...args, appId: place.appId })).answer;
  const environment = await readEnvironmentAt(ask, place);
  if (environment.state !== 'unreadable') return foundIn(environment);
  throw new ServerError('invalid_arguments', {
    message: `Environment ${quoteName(environment.environment)} ${whyUnreadable(environment)}. What it has cannot be told. Nothing was sent.`,
    hint: 'Do not take it for empty. describe_environment says what to do about it.',
  });
}
