/**
 * Reads an environment as a snapshot and a provision need it: one resource of each of three categories with its settings,
 * the names of all others, and the feature flags.
 */

import { environmentTools, type Read, readEnvironmentAt } from '../../../call/read-environment.ts';
import { type ReadEnvironment, type Resource, whyUnreadable } from '../../../environment/index.ts';
import { ServerError } from '../../../errors.ts';
import type { AppRef, EnvironmentRef } from '../../../jobs/job.ts';
import type { Json } from '../../../lib/json.ts';
import { quoteName, quoteNames } from '../../../lib/quote.ts';

/** Calls a read tool for one environment. @throws ServerError */
export type ReadEnvironmentTool = (
  toolName: string,
  args: AppRef & Partial<EnvironmentRef> & { readonly resourceName?: string },
) => Promise<Json>;

/** The categories whose resources the API can create. */
export const categories = ['auth', 'api', 'storage'] as const;
export type Category = (typeof categories)[number];

/** A resource of one of them. */
export interface FoundResource {
  readonly resourceName: string;
  /** Whether Amplify uses it but did not create it. */
  readonly isImported: boolean;
  /** The ids that AWS gave it, by the meta's names. */
  readonly outputs: Json;
  /** Empty where the settings are unknown: for imported resources, and where AWS does not show them. */
  readonly resourceConfig: Json;
  /** Why the settings of the environment's own resource are unknown. */
  readonly whyUnknown?: string;
}

/** A resource of which only the name is known. */
export interface OtherResource {
  readonly category: string;
  readonly resourceName: string;
  readonly service?: string;
}

/** The current state of an environment. */
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

/** The operations that the read calls. */
export const readSteps = environmentTools;

/** The service of each category that the API creates. */
const services: Readonly<Record<Category, string>> = { auth: 'Cognito', api: 'AppSync', storage: 'S3' };

/** The resource of a category: one with known settings, else an imported one, else any. */
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

function toFoundResource(resource: Resource, { settings }: ReadEnvironment): FoundResource {
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

function toFoundEnvironment(environment: ReadEnvironment): FoundEnvironment {
  const { appName, region, state, resources, flags } = environment;
  const chosen = categories.flatMap(category => {
    const resource = resourceOf(category, environment);
    return resource ? [[category, resource] as const] : [];
  });
  const found = chosen.map(
    ([category, resource]) => [category, toFoundResource(resource, environment)] as const,
  );
  const chosenResources = new Set(chosen.map(([, resource]) => resource));
  return {
    ...Object.fromEntries(found),
    ...(appName !== undefined && { appName }),
    ...(region !== undefined && { region }),
    isDeployed: state === 'deployed',
    others: resources
      .filter(one => !chosenResources.has(one))
      .map(({ category, name: resourceName, service }) => ({ category, resourceName, service })),
    ...(flags.state === 'read' && { featureFlags: flags.value }),
    notes: notesOf(environment, found),
  };
}

/** @throws ServerError not_found where there is no such environment; invalid_arguments where it is unreadable */
export async function readEnvironment(
  read: ReadEnvironmentTool,
  ref: EnvironmentRef,
): Promise<FoundEnvironment> {
  const ask: Read = (toolName, args) => read(toolName, { ...args, appId: ref.appId });
  const environment = await readEnvironmentAt(ask, ref);
  if (environment.state !== 'unreadable') return toFoundEnvironment(environment);
  throw new ServerError('invalid_arguments', {
    message: `Environment ${quoteName(environment.environment)} ${whyUnreadable(environment)}. What it has is unknown. Nothing was sent.`,
    hint: 'It may have resources and data. describe_environment says what to do about it.',
  });
}
