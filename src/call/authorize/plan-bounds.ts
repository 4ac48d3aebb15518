/**
 * Bounds a plan for display: the first items of each list, and how many more there are. A confirmation is bound to the
 * digest of the whole plan.
 */
import type { Change } from '../../environment/schema-changes.ts';
import type { Inventory, RemovedResource } from './inventory.ts';
import type { Plan, PlannedConfirmation, PlannedRequest } from './plan.ts';
import { countHidden } from './removed-counts.ts';

const MOST_CHANGES = 20;
const MOST_ENVIRONMENTS = 50;
const MOST_RESOURCES = 60;
/** How many names a resource may show; the largest number that fits is used. */
const MOST_HELD = [20, 10, 5, 3, 1];
/** Characters of the deleted resources as JSON: a plan must leave room in a context window. */
const ROOM = 6_000;
/** Characters of a changed value. The caller who sent it has the whole. */
const LONGEST_VALUE = 300;
/** Characters of the name of a resource, and of each of its contents. */
const LONGEST_NAME = 80;
const LONGEST_TEXT = 2_000;
const MOST_ITEMS = 100;
const MOST_SENTENCES = 20;
const LONGEST_SENTENCE = 1_000;
/** Characters of the whole plan as JSON. Its display adds a few lines. */
const LONGEST_PLAN = 8_000;
/** A plan that is too long is bounded more tightly, step by step. */
const SCALES = [1, 0.5, 0.25, 0.1];

/** A bound at a scale, but at least `least`. */
const scaled = (most: number, scale: number, least: number) => Math.max(least, Math.floor(most * scale));

const cut = (text: string, longest: number) =>
  text.length > longest ? `${text.slice(0, longest)}… (${text.length} characters)` : text;

const cutName = (name: string) => (name.length > LONGEST_NAME ? `${name.slice(0, LONGEST_NAME)}…` : name);

/** A value, or its JSON cut where that is long. */
function boundedValue(value: unknown, longest: number): unknown {
  if (typeof value === 'string') return cut(value, longest);
  const json = JSON.stringify(value) ?? '';
  return json.length > longest ? cut(json, longest) : value;
}

function boundedChange({ path, before, after }: Change, scale: number): Change {
  const longest = scaled(LONGEST_VALUE, scale, LONGEST_NAME);
  return {
    path: cut(path, longest),
    ...(before !== undefined && { before: boundedValue(before, longest) }),
    after: boundedValue(after, longest),
  };
}

/** A value with all its texts and lists bounded. */
function boundedTexts(value: unknown, scale: number): unknown {
  if (typeof value === 'string') return cut(value, scaled(LONGEST_TEXT, scale, 200));
  if (Array.isArray(value)) {
    const most = scaled(MOST_ITEMS, scale, 10);
    const more = value.length - most;
    return [
      ...value.slice(0, most).map(item => boundedTexts(item, scale)),
      ...(more > 0 ? [`… and ${more} more`] : []),
    ];
  }
  if (value === null || typeof value !== 'object') return value;
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, boundedTexts(inner, scale)]));
}

const boundedRequest = (request: PlannedRequest, scale: number): PlannedRequest => ({
  ...request,
  body: boundedTexts(request.body, scale) as PlannedRequest['body'],
});

function boundedResource(resource: RemovedResource, most: number): RemovedResource {
  const { holds, note, holdsData: _, ...rest } = resource;
  return {
    ...rest,
    resource: cutName(resource.resource),
    service: cutName(resource.service),
    holds: holds.slice(0, most).map(cutName),
    ...(holds.length > most && { more: holds.length - most }),
    ...(note !== undefined && { note: cut(note, LONGEST_VALUE) }),
  };
}

const countOf = (inventory: Inventory) =>
  Object.values(inventory).reduce((sum, resources) => sum + resources.length, 0);

type Shorten = (all: readonly RemovedResource[]) => RemovedResource[];

/** Of an environment that has data, what holds it; of another, everything. */
const dataIn = (all: readonly RemovedResource[]) =>
  all.some(({ holdsData }) => holdsData) ? all.filter(({ holdsData }) => holdsData) : all;

/** Ways to shorten the list of an environment, the longest first: what holds data is left out last. */
const shortenings: readonly Shorten[] = [
  ...MOST_HELD.map(
    (held): Shorten =>
      all =>
        all.map(one => boundedResource(one, held)),
  ),
  ...MOST_HELD.map(
    (held): Shorten =>
      all =>
        dataIn(all).map(one => boundedResource(one, held)),
  ),
];

/** The resources of each environment, as many as there is room for, at least one each. */
function boundedInventory(whole: Inventory, scale: number): Inventory {
  const environments = Object.entries(whole).slice(0, MOST_ENVIRONMENTS);
  const most = Math.max(1, Math.floor(MOST_RESOURCES / environments.length));
  const room = ROOM * scale;
  let shown: [string, RemovedResource[]][] = [];
  for (const shorten of shortenings) {
    shown = environments.map(([name, resources]) => [name, shorten(resources.slice(0, most))]);
    if (JSON.stringify(shown).length <= room) return Object.fromEntries(shown);
  }
  const each = room / environments.length;
  for (const [, resources] of shown)
    while (resources.length > 1 && JSON.stringify(resources).length > each) resources.pop();
  return Object.fromEntries(shown);
}

/** The first sentences, and how many more there are. */
function boundedSentences(all: readonly string[], scale: number): string[] {
  const most = scaled(MOST_SENTENCES, scale, 4);
  const more = all.length - most;
  const first = all.slice(0, most).map(sentence => cut(sentence, scaled(LONGEST_SENTENCE, scale, 300)));
  return more > 0 ? [...first, `and ${more} more`] : first;
}

function boundedConfirmation(
  { goes, alsoGoes, notItemized, ...rest }: PlannedConfirmation,
  scale: number,
): PlannedConfirmation {
  const shown = goes && boundedInventory(goes, scale);
  const more = goes && shown ? countOf(goes) - countOf(shown) : 0;
  const moreNotItemized = (notItemized?.length ?? 0) - MOST_ENVIRONMENTS;
  return {
    ...rest,
    ...(shown && { goes: shown }),
    ...(notItemized && { notItemized: notItemized.slice(0, MOST_ENVIRONMENTS) }),
    ...(moreNotItemized > 0 && { moreNotItemized }),
    ...(alsoGoes && { alsoGoes: boundedSentences(alsoGoes, scale) }),
    ...(goes && shown && more > 0 && { moreGoes: more, moreByKind: countHidden(goes, shown) }),
  };
}

function planAt(plan: Plan, scale: number): Plan {
  const { changes, confirmation, request, stays, remarks, problems, notChecked, ...rest } = plan;
  const most = scaled(MOST_CHANGES, scale, 5);
  const more = (changes?.length ?? 0) - most;
  return {
    ...rest,
    request: boundedRequest(request, scale),
    ...(changes && { changes: changes.slice(0, most).map(change => boundedChange(change, scale)) }),
    ...(more > 0 && { moreChanges: more }),
    ...(stays && { stays: boundedSentences(stays, scale) }),
    ...(remarks && { remarks: boundedSentences(remarks, scale) }),
    ...(problems && { problems: boundedSentences(problems, scale) }),
    ...(notChecked && { notChecked: boundedSentences(notChecked, scale) }),
    ...(confirmation && { confirmation: boundedConfirmation(confirmation, scale) }),
  };
}

/** The plan as it is shown: at the largest scale at which it fits. */
export function boundedPlan(plan: Plan): Plan {
  let shown = plan;
  for (const scale of SCALES) {
    shown = planAt(plan, scale);
    if (JSON.stringify(shown).length <= LONGEST_PLAN) break;
  }
  return shown;
}
