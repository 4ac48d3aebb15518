/**
 * The one model of an environment, and the only reader of `amplifyMetaConfig`, `amplifyFeatureFlags`,
 * `backend-config.json` and GraphQL schemas. Pure: it sends nothing, and never throws, whatever it is given.
 *
 * 1. `readEnvironmentWithSettings({ appId, environment, meta, flags }, ask)` takes the answer of `get_backend` and a
 *    function that calls a settings tool. Pass the tool's answer to `settingsFrom`, its refusal to `settingsRefused`.
 *    If neither settings nor the tables of APIs are needed, `readEnvironment` suffices.
 * 2. Then use `resources`, `compareEnvironments`, `removalOf`; `stackBelongs` and `bucketBelongs` for stacks and buckets
 *    in the account.
 *
 * An environment is `deployed`, `registered` or `unreadable`: an unreadable one says `why` and has no resources. Answers
 * hold no secrets. Their texts are foreign: quote them before they are shown.
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
export { type HeldThing, identifiersOfThing, namesOfThing, type ThingKind } from './held-things.ts';
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
export type { SchemaFeatures } from './schema-features.ts';
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
  environmentOfStack,
  type NamedStack,
  namedStack,
  type StackOwner,
  type StackSearch,
  searchLimits,
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
