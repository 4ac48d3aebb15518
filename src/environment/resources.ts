/** The resources of an environment, from its meta: what each is, what it holds, and what identifies it. */
import { type Json, objectOf, parseStructure, textOf } from '../lib/json.ts';
import { createThing, type HeldThing, identifiersOfThing, type ThingKind } from './held-things.ts';
import { identifiedIn, isRegion } from './identifiers.ts';
import type { MetaEntry } from './meta.ts';
import type { Entry, HoldRule, Service } from './service.ts';
import { serviceOf } from './services.ts';

/** A resource of an environment. All names and values in it are foreign text: quote them before they are shown. */
export interface Resource {
  /** `category/name`: unique in its environment, as `labelOf` makes it. */
  readonly label: string;
  readonly category: string;
  readonly name: string;
  /** The service as the meta names it; `unknown` where it names none. */
  readonly service: string;
  /** `imported`: it was created outside of the environment, and a deletion of the environment leaves it. */
  readonly origin: 'own' | 'imported';
  /** `declared`: it was added to the project, but the meta knows nothing of it in AWS. */
  readonly state: 'deployed' | 'declared';
  /** Whether it was pushed although the meta names nothing of it: what it has in AWS is unknown. */
  readonly isPushedWithoutTrace: boolean;
  /** Its things in AWS, or what an imported resource refers to; empty where it was never deployed. */
  readonly holds: readonly HeldThing[];
  /** Why `holds` lacks some tables of an API: "its schema was not read". */
  readonly tablesUnknown?: string;
  /** The value that best identifies it for a person: an address, an id, a name. */
  readonly knownAs?: string;
  /** Labels of the resources that it needs. */
  readonly dependsOn: readonly string[];
  /** Ids, addresses and names under AWS's names, without secrets. */
  readonly outputs: Json;
  /** Its whole entry in the meta, without secrets. */
  readonly facts: Json;
}

/** How the names of outputs end that identify a thing of an unknown service, the most likely first. */
const identifyingEndings = ['endpoint', 'url', 'uri', 'domain', 'name', 'id', 'arn'];

/** The row of its service, where there is one. */
export const rowOf = ({ category, service }: Pick<Resource, 'category' | 'service'>): Service | undefined =>
  serviceOf(category, service);

function byRule({ kind, ...outputNames }: HoldRule, values: Json): HeldThing[] {
  const names = Object.fromEntries(
    Object.entries(outputNames).map(([what, output]) => [what, textOf(values[output])]),
  );
  const one = createThing(kind, names);
  return identifiersOfThing(one).length > 0 ? [one] : [];
}

/** How deep structures within texts are read. */
const DEEPEST = 40;

/** What values of an unknown service identify. Structures are searched too, also those in a text of JSON. */
function guessesIn(value: unknown, name: string, environment: string, depth = 0): HeldThing[] {
  if (depth > DEEPEST) return [];
  const inner = typeof value === 'string' ? (parseStructure(value) ?? value) : value;
  if (typeof inner === 'string') return identifiedIn(name, inner, environment);
  if (inner === null || typeof inner !== 'object') return [];
  return Object.entries(inner).flatMap(([key, one]) =>
    guessesIn(one, Array.isArray(inner) ? name : key, environment, depth + 1),
  );
}

/** Whether a row declares an output as a setting. */
export const isSetting = ({ settings = [], hasSettingsIn }: Service, output: string): boolean =>
  settings.includes(output) || (hasSettingsIn?.test(output) ?? false);

/** By row, because many resources share one. */
const identifying = new WeakMap<Service, ReadonlySet<string>>();

/** Outputs that a row declares as identifiers, of this resource or of another. */
export function identifyingOutputs(row: Service): ReadonlySet<string> {
  const names =
    identifying.get(row) ??
    new Set([
      ...(row.holds ?? []).flatMap(({ kind: _, ...outputs }) => Object.values(outputs)),
      ...(row.refersTo ?? []),
      ...(row.knownAs ?? []),
      ...(row.features ?? []),
    ]);
  identifying.set(row, names);
  return names;
}

/** Kinds that do not say what a thing is. */
const vague: ReadonlySet<ThingKind> = new Set(['address', 'something else']);

/** Each thing once: a known thing is not guessed again. A bucket and a table may have the same name. */
function distinct(all: readonly HeldThing[]): HeldThing[] {
  const seen = new Set<string>();
  return all.filter(one => {
    const keys = identifiersOfThing(one).map(
      identifier => [identifier, `${one.kind}\n${identifier}`] as const,
    );
    const isKnown = ([ofAnyKind, ofKind]: (typeof keys)[number]) =>
      seen.has(vague.has(one.kind) ? ofAnyKind : ofKind);
    const isSeen = one.isGuess === true && keys.every(isKnown);
    for (const key of keys.flat()) seen.add(key);
    return !isSeen;
  });
}

function holdsOf(row: Service | undefined, entry: Entry, environment: string): HeldThing[] {
  const values = { ...entry.facts, ...entry.outputs };
  const known = row ? (row.holds ?? []).flatMap(rule => byRule(rule, values)) : [];
  const more = (row?.holdsMore?.(entry) ?? []).filter(one => identifiersOfThing(one).length > 0);
  const isKnown = (name: string) => row && (identifyingOutputs(row).has(name) || isSetting(row, name));
  const rest = Object.entries(entry.outputs).filter(([name]) => !isKnown(name));
  const guesses = rest.flatMap(([name, value]) => guessesIn(value, name, environment));
  // Further outputs of a known service mostly repeat its names in another form, such as an address.
  const addsInformation = ({ kind, arn }: HeldThing) =>
    !row || row.category === 'custom' || arn !== undefined || !vague.has(kind);
  return distinct([...known, ...more, ...guesses.filter(addsInformation)]);
}

function knownAsOf(row: Service | undefined, entry: Entry): string | undefined {
  const values = { ...entry.facts, ...entry.outputs };
  const first = (names: readonly string[]) => names.map(name => textOf(values[name])).find(value => value);
  const byRow = first(row?.knownAs ?? []) ?? row?.fallbackName?.(entry);
  if (byRow !== undefined || (row && row.category !== 'custom')) return byRow;
  const texts = Object.entries(entry.outputs).filter(
    ([, value]) => textOf(value) !== undefined && !isRegion(String(value)),
  );
  const best = identifyingEndings
    .map(ending => texts.find(([name]) => name.toLowerCase().endsWith(ending)))
    .find(found => found !== undefined);
  return textOf((best ?? texts[0])?.[1]);
}

/** The label of a resource in its environment. A slash in a category, which the CLI never writes, is escaped. */
const labelOf = (category: string, name: string) => `${category.replace(/[\\/]/g, '\\$&')}/${name}`;

/** The labels that an entry says it depends on. */
function dependenciesOf({ dependsOn }: Json): string[] {
  const labels = (Array.isArray(dependsOn) ? dependsOn : []).flatMap(needed => {
    const { category, resourceName } = objectOf(needed);
    const [of, name] = [textOf(category), textOf(resourceName)];
    return of && name ? [labelOf(of, name)] : [];
  });
  return [...new Set(labels)];
}

/** Whether an entry has anything in AWS. */
function isDeployed(row: Service | undefined, { outputs, facts }: Entry): boolean {
  const ofCloud = Object.keys(outputs).filter(name => !row?.beforePush?.includes(name));
  return (
    ofCloud.length > 0 ||
    ((!row || row.hasNoOutputs === true) && textOf(facts.lastPushTimeStamp) !== undefined)
  );
}

/** Whether the output is a single value, not a structure, so that it is unknown what the value names. */
export const hasUnnamedOutput = ({ output }: Json): boolean =>
  output !== undefined && output !== null && output !== '' && typeof output !== 'object';

/** Outputs by their names. Outputs in a list are named by their position; a single value has no name. */
function outputsOf(facts: Json): Json {
  const { output } = facts;
  if (hasUnnamedOutput(facts)) return { value: output };
  return Array.isArray(output) ? { ...output } : objectOf(output);
}

/** Creates a resource from its entry. @param environment the name with which names of its things end */
export function resourceOf({ category, name, facts }: MetaEntry, environment: string): Resource {
  const service = textOf(facts.service) ?? 'unknown';
  const row = serviceOf(category, service);
  const outputs = outputsOf(facts);
  const entry = { name, outputs, facts };
  const deployed = isDeployed(row, entry);
  const knownAs = deployed ? knownAsOf(row, entry) : undefined;
  return {
    ...{ label: labelOf(category, name), category, name, service },
    origin: facts.serviceType === 'imported' ? 'imported' : 'own',
    state: deployed ? 'deployed' : 'declared',
    isPushedWithoutTrace: !deployed && textOf(facts.lastPushTimeStamp) !== undefined,
    holds: deployed ? holdsOf(row, entry, environment) : [],
    ...(knownAs !== undefined && { knownAs }),
    dependsOn: dependenciesOf(facts),
    ...{ outputs, facts },
  };
}
