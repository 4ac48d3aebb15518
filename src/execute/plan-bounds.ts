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
const MOST_HELD = 20;
/** Where there are many resources, few things of each are shown. */
const FEW_RESOURCES = 20;
const MOST_HELD_OF_MANY = 5;
/** Characters of a changed value, and of a text in the request: whoever sent it has the whole. */
const LONGEST_VALUE = 300;
const LONGEST_TEXT = 2_000;
const MOST_ITEMS = 100;
const MOST_SENTENCES = 20;

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
  const { holds } = resource;
  return holds.length > most
    ? { ...resource, holds: holds.slice(0, most), more: holds.length - most }
    : resource;
}

const countOf = (inventory: Inventory) =>
  Object.values(inventory).reduce((sum, resources) => sum + resources.length, 0);

/** Of each environment as many resources as there is room for, one at least. */
function boundedInventory(whole: Inventory): Inventory {
  const environments = Object.entries(whole).slice(0, MOST_ENVIRONMENTS);
  const most = Math.max(1, Math.floor(MOST_RESOURCES / environments.length));
  const held = countOf(whole) > FEW_RESOURCES ? MOST_HELD_OF_MANY : MOST_HELD;
  return Object.fromEntries(
    environments.map(([name, resources]) => [
      name,
      resources.slice(0, most).map(resource => boundedResource(resource, held)),
    ]),
  );
}

function boundedConfirmation({ goes, alsoGoes, ...rest }: PlannedConfirmation): PlannedConfirmation {
  const shown = goes && boundedInventory(goes);
  const more = goes && shown ? countOf(goes) - countOf(shown) : 0;
  return {
    ...rest,
    ...(shown && { goes: shown }),
    ...(alsoGoes && { alsoGoes: alsoGoes.slice(0, MOST_SENTENCES) }),
    ...(more > 0 && { moreGoes: more }),
  };
}

/** The plan as it is shown. */
export function boundedPlan({ changes, confirmation, request, ...rest }: Plan): Plan {
  const more = (changes?.length ?? 0) - MOST_CHANGES;
  return {
    ...rest,
    request: boundedRequest(request),
    ...(changes && { changes: changes.slice(0, MOST_CHANGES).map(boundedChange) }),
    ...(more > 0 && { moreChanges: more }),
    ...(confirmation && { confirmation: boundedConfirmation(confirmation) }),
  };
}
