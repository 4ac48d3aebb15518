/**
 * The one model of an environment, and the only reader of `amplifyMetaConfig`, `amplifyFeatureFlags`,
 * `backend-config.json` and GraphQL schemas. Pure: it asks nobody, and never throws for what it is given.
 *
 * 1. `readEnvironmentWithSettings({ appId, environment, meta, flags }, ask)` with what `get_backend` answered, and a
 *    function that calls the tool it is told to: what it answers goes through `settingsFrom`, a refusal through
 *    `settingsRefused`. Who needs no settings and no tables of APIs takes `readEnvironment` and asks nothing.
 * 2. Of what was read: `resources`, `compareEnvironments`, `removalOf`; `stackBelongs` and `bucketBelongs` for what
 *    stands in the account.
 *
 * An environment is `deployed`, `registered` or `unreadable`: `unreadable` says `why`, and has no resources to ask for.
 * Nothing that comes from here holds a secret. Everything else in it is foreign text: quote it before it is shown.
 */

export {
  compareEnvironments,
  type EnvironmentComparison,
  type NotCompared,
  type ResourceComparison,
} from './comparison.ts';
export { type Difference, differencesOf } from './differences.ts';
export {
  type AskForSettings,
  type Environment,
  type EnvironmentSources,
  type ReadEnvironment,
  readEnvironment,
  readEnvironmentWithSettings,
  refusedEnvironment,
  type UnreadableEnvironment,
  whyUnreadable,
} from './environment.ts';
export { type HeldThing, namesOfThing, type ThingKind } from './held-things.ts';
export type { LineDiff } from './line-diff.ts';
export { type MetaReading, outputsIn, readFeatureFlags, readMeta } from './meta.ts';
export { type PickedResources, pickResources } from './pick-resources.ts';
export type { Reading, Unreadable } from './read-text.ts';
export {
  bucketsIn,
  type Removal,
  type RemovalItem,
  removalOf,
  type UnknownRemoval,
  type Unsure,
} from './removal.ts';
export type { Resource } from './resources.ts';
export { compareSchemas } from './schema-comparison.ts';
export {
  type AskedQuestion,
  isManaged,
  type SettingsQuestion,
  type SettingsReading,
  settingsFrom,
  settingsQuestion,
  settingsRefused,
} from './settings.ts';
export { countsText, type ShortMeta, shortMeta } from './short-meta.ts';
export {
  type Belonging,
  bucketBelongs,
  deploymentBucketOf,
  type NamedStack,
  namedStack,
  notLookedFor,
  type StackSearch,
  stackBelongs,
} from './stack-names.ts';
export {
  type StackCondition,
  type StackFacts,
  type StackState,
  stackStateOf,
  stackStateText,
  stackStatuses,
} from './stack-states.ts';
