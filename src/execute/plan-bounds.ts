/**
 * A plan as it is shown: the first of each kind, and how many more there are. What is confirmed is the whole plan,
 * whose digest a confirmation is bound to.
 */
import type { Change } from '../environment/changes.ts';
import type { GoingResource, Inventory } from './inventory.ts';
import type { Plan, PlannedConfirmation, PlannedRequest } from './plan.ts';

const MOST_CHANGES = 20;
const MOST_ENVIRONMENTS = 50;
const MOST_RESOURCES = 60;
/** Names shown of each resource: as many as there is room for. */
const MOST_HELD = [20, 10, 5, 3, 1];
/** Characters of what goes, as JSON on lines of its own: a plan must leave room in a context window. */
const ROOM = 6_000;
/** Characters of a changed value, and of a text in the request: whoever sent it has the whole. */
const LONGEST_VALUE = 300;
const LONGEST_TEXT = 2_000;
const MOST_ITEMS = 100;
const MOST_SENTENCES = 20;
const LONGEST_SENTENCE = 1_000;

const cut = (text: string, longest: number) =>
  text.length > longest ? `${text.slice(0, longest)}… (${text.length} characters)` : text;

/** A value, or its JSON cut where that is long. */
function boundedValue(value: unknown, longest: number): unknown {
  if (typeof value === 'string') return cut(value, longest);
  const json = JSON.stringify(value) ?? '';
  return json.length > longest ? cut(json, longest) : value;
}

const boundedChange = ({ path, before, after }: Change): Change => ({
  path: cut(path, LONGEST_VALUE),
  ...(before !== undefined && { before: boundedValue(before, LONGEST_VALUE) }),
  after: boundedValue(after, LONGEST_VALUE),
});

/** Every text in it, however deep. */
function boundedTexts(value: unknown): unknown {
  if (typeof value === 'string') return cut(value, LONGEST_TEXT);
  if (Array.isArray(value)) {
    const more = value.length - MOST_ITEMS;
    return [...value.slice(0, MOST_ITEMS).map(boundedTexts), ...(more > 0 ? [`… and ${more} more`] : [])];
  }
  if (value === null || typeof value !== 'object') return value;
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, boundedTexts(inner)]));
}

const boundedRequest = (request: PlannedRequest): PlannedRequest => ({
  ...request,
  body: boundedTexts(request.body) as PlannedRequest['body'],
});

function boundedResource(resource: GoingResource, most: number): GoingResource {
  const { holds, note } = resource;
  return {
    ...resource,
    resource: cut(resource.resource, LONGEST_VALUE),
    service: cut(resource.service, LONGEST_VALUE),
    holds: holds.slice(0, most).map(name => cut(name, LONGEST_VALUE)),
    ...(holds.length > most && { more: holds.length - most }),
    ...(note !== undefined && { note: cut(note, LONGEST_VALUE) }),
  };
}

const countOf = (inventory: Inventory) =>
  Object.values(inventory).reduce((sum, resources) => sum + resources.length, 0);

/** How long a plan's JSON is by it. */
const lengthOf = (resources: readonly GoingResource[]) => JSON.stringify(resources, null, 2).length;

/** Of one environment's resources the first that there is room for, one at least, with as many names as fit. */
function boundedResources(all: readonly GoingResource[], most: number, room: number): GoingResource[] {
  const first = all.slice(0, most);
  const few = Math.min(...MOST_HELD);
  for (const held of MOST_HELD) {
    const shown = first.map(resource => boundedResource(resource, held));
    if (lengthOf(shown) <= room) return shown;
  }
  const shown = first.map(resource => boundedResource(resource, few));
  while (shown.length > 1 && lengthOf(shown) > room) shown.pop();
  return shown;
}

/** Of each environment as many resources as there is room for, one at least. */
function boundedInventory(whole: Inventory): Inventory {
  const environments = Object.entries(whole).slice(0, MOST_ENVIRONMENTS);
  const most = Math.max(1, Math.floor(MOST_RESOURCES / environments.length));
  const room = Math.floor(ROOM / environments.length);
  return Object.fromEntries(
    environments.map(([name, resources]) => [name, boundedResources(resources, most, room)]),
  );
}

/** The first sentences, and how many more there are. */
function boundedSentences(all: readonly string[]): string[] {
  const more = all.length - MOST_SENTENCES;
  const first = all.slice(0, MOST_SENTENCES).map(sentence => cut(sentence, LONGEST_SENTENCE));
  return more > 0 ? [...first, `and ${more} more`] : first;
}

function boundedConfirmation({
  goes,
  alsoGoes,
  notItemized,
  ...rest
}: PlannedConfirmation): PlannedConfirmation {
  const shown = goes && boundedInventory(goes);
  const more = goes && shown ? countOf(goes) - countOf(shown) : 0;
  return {
    ...rest,
    ...(shown && { goes: shown }),
    ...(notItemized && { notItemized: notItemized.slice(0, MOST_ENVIRONMENTS) }),
    ...(alsoGoes && { alsoGoes: boundedSentences(alsoGoes) }),
    ...(more > 0 && { moreGoes: more }),
  };
}

/** The plan as it is shown. */
export function boundedPlan({ changes, confirmation, request, stays, remarks, ...rest }: Plan): Plan {
  const more = (changes?.length ?? 0) - MOST_CHANGES;
  return {
    ...rest,
    request: boundedRequest(request),
    ...(changes && { changes: changes.slice(0, MOST_CHANGES).map(boundedChange) }),
    ...(more > 0 && { moreChanges: more }),
    ...(stays && { stays: boundedSentences(stays) }),
    ...(remarks && { remarks: boundedSentences(remarks) }),
    ...(confirmation && { confirmation: boundedConfirmation(confirmation) }),
  };
}
