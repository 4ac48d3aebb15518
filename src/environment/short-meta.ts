/** Shortens an amplify-meta for an answer: the identifiers of each resource, and as much more as fits. */
import { type Json, objectOf, textOf } from '../lib/json.ts';
import { quoteName } from '../lib/quote.ts';
import type { ReadEnvironment } from './environment.ts';
import { type PickedResources, pickResources } from './pick-resources.ts';
import type { Resource } from './resources.ts';

/** A shortened meta, in the form of a whole one, and what was left out. */
export interface ShortMeta {
  readonly meta: Json;
  /** "outputs that are long; 40 of 60 resources (function: 40)" */
  readonly leftOut: string;
}

const LONGEST_OUTPUT = 200;
/** How many categories are counted separately. */
const MOST_COUNTED = 8;
const LONGEST_CATEGORY = 60;

const ofProvider = ['StackName', 'StackId', 'Region', 'DeploymentBucketName', 'AmplifyAppId'];

const isShort = (value: unknown) =>
  (value === null || typeof value !== 'object') && String(value).length <= LONGEST_OUTPUT;

const shortOnly = (values: Json): Json =>
  Object.fromEntries(Object.entries(values).filter(([, value]) => isShort(value)));

function entryOf({ service, origin }: Resource, output: Json): Json {
  return {
    service: service.slice(0, LONGEST_OUTPUT),
    ...(origin === 'imported' && { serviceType: 'imported' }),
    ...(Object.keys(output).length > 0 && { output }),
  };
}

/** The short values of a resource: ids, names, addresses, single settings. */
const withShortOutputs = (resource: Resource): Json => entryOf(resource, shortOnly(resource.outputs));

/** What identifies a resource to a person. */
function withOneOutput(resource: Resource): Json {
  const { outputs, knownAs } = resource;
  const identifying = Object.entries(outputs).find(([, value]) => textOf(value) && value === knownAs);
  return entryOf(resource, identifying ? shortOnly(Object.fromEntries([identifying])) : {});
}

/** Puts entries under their categories again. */
function metaWith(
  { meta }: ReadEnvironment,
  resources: readonly Resource[],
  entry: (resource: Resource) => Json,
): Json {
  const { awscloudformation } = objectOf(meta.providers);
  const provider = Object.entries(shortOnly(objectOf(awscloudformation))).filter(([name]) =>
    ofProvider.includes(name),
  );
  const categories = new Map<string, [string, Json][]>();
  for (const resource of resources) {
    const entries = categories.get(resource.category) ?? [];
    entries.push([resource.name, entry(resource)]);
    categories.set(resource.category, entries);
  }
  return {
    ...(provider.length > 0 && { providers: { awscloudformation: Object.fromEntries(provider) } }),
    ...Object.fromEntries([...categories].map(([name, entries]) => [name, Object.fromEntries(entries)])),
  };
}

/** How many of each category are left out, as a text: "function: 40, api: 2". */
export function countsText({ more }: Pick<PickedResources, 'more'>): string {
  const counts = [...more].map(([category, count]) => `${quoteName(category, LONGEST_CATEGORY)}: ${count}`);
  const rest = counts.length - MOST_COUNTED;
  return [...counts.slice(0, MOST_COUNTED), ...(rest > 0 ? [`${rest} more categories`] : [])].join(', ');
}

/** Shortens a meta. @param lengthOf the length of a document as it will be shown @param longest the room there is */
export function shortMeta(
  environment: ReadEnvironment,
  lengthOf: (document: unknown) => number,
  longest: number,
): ShortMeta {
  const { resources } = environment;
  const leftOut = 'times and hashes of pushes, long values';
  for (const entry of [withShortOutputs, withOneOutput]) {
    const meta = metaWith(environment, resources, entry);
    if (lengthOf(meta) <= longest)
      return { meta, leftOut: entry === withOneOutput ? `${leftOut}, most outputs` : leftOut };
  }
  const room = longest - lengthOf(metaWith(environment, [], withOneOutput));
  const lengthOfOne = (resource: Resource) =>
    lengthOf(metaWith({ ...environment, meta: {} }, [resource], withOneOutput));
  const first = pickResources(resources, lengthOfOne, room);
  const count = resources.length - first.shown.length;
  return {
    meta: metaWith(environment, first.shown, withOneOutput),
    leftOut: `${leftOut}, most outputs, and ${count} of ${resources.length} resources (${countsText(first)})`,
  };
}
