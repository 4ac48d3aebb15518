/**
 * Turns a snapshot into the wanted resources: its settings, with the names of this environment and without withheld values,
 * and next steps for what no API call can create. Pure.
 */
import type { EnvironmentRef } from '../../jobs/job.ts';
import { type Json, textOf } from '../../lib/json.ts';
import { quoteJson } from '../../lib/quote.ts';
import { isWithheld } from '../../lib/withheld-mark.ts';
import type { Snapshot, SnapshotResource } from '../shared/snapshot/index.ts';
import { type Category, categories } from '../shared/snapshot/read.ts';
import { sendable } from '../shared/snapshot/secrets.ts';
import { renameFor } from './names.ts';
import type { NotCreated, Wanted, WantedResource } from './wanted.ts';

/** The settings as the operation takes them, with the schema as one text. */
function configOf(snapshot: Snapshot, category: Category): Json {
  const { resourceConfig } = snapshot[category] as SnapshotResource;
  const { schema } = snapshot.api ?? {};
  return category === 'api' && schema
    ? { ...resourceConfig, transformSchema: schema.join('\n') }
    : resourceConfig;
}

/** Tells a person how to share an imported resource. */
const importText = (category: Category, ids: Readonly<Record<string, string>>) =>
  `${category} is imported in the snapshot; only a person decides whether to share it: if they want that, import_backend_${category} with (quoted data) ${quoteJson(ids)}, then call again.`;

/** An API needs its schema, and one with a withheld value differs from the schema in use. */
const WITHHELD_SCHEMA =
  'The schema of the snapshot holds a withheld secret (a header of @http, for instance), so no API is created from it: ask a person to put the secret in, and call again with api: { schema } and no snapshot.';

/** Names the resources that no call of AmplifyBackend can create. */
function notCreatable({ functions = [], hosting = [], others = [], featureFlags }: Snapshot): string[] {
  const names = [
    ...functions.map(name => `function/${name}`),
    ...hosting.map(name => `hosting/${name}`),
    ...others.map(({ category, resourceName }) => `${category}/${resourceName}`),
    ...(featureFlags ? ['feature flags'] : []),
  ];
  return names.length > 0
    ? [
        `No API call creates these from the snapshot (quoted data): ${quoteJson(names)}; amplify push does, from the project's code.`,
      ]
    : [];
}

export function fromSnapshot(
  snapshot: Snapshot,
  { appId, backendEnvironmentName: to }: EnvironmentRef,
): Wanted {
  const from = snapshot.environment;
  const renaming = { from, to, isSame: from === to && snapshot.app.appId === appId };
  const resources: [Category, WantedResource][] = [];
  const notCreated: Partial<Record<Category, NotCreated>> = {};
  const leftOut: string[] = [];
  for (const category of categories) {
    const resource = snapshot[category];
    if (!resource) continue;
    if (resource.imported) {
      notCreated[category] = { shownAs: 'imported', why: importText(category, resource.imported) };
      continue;
    }
    const whole = configOf(snapshot, category);
    if (isWithheld(textOf(whole.transformSchema))) {
      notCreated[category] = { shownAs: 'with a withheld schema', why: WITHHELD_SCHEMA };
      continue;
    }
    const { config, leftOut: paths } = sendable(whole);
    leftOut.push(...paths.map(path => `${category}/${path}`));
    const resourceConfig = renameFor(config, renaming);
    const { resourceName } = resource;
    resources.push([category, { resourceName, isNamed: true, resourceConfig, stated: resourceConfig }]);
  }
  return {
    ...Object.fromEntries(resources),
    notCreated,
    nextSteps: [
      ...(leftOut.length > 0
        ? [
            `Withheld in the snapshot, so left out (quoted data): ${quoteJson(leftOut)}. Add them with update_backend_auth, a social provider's secret as {"$secret": NAME}.`,
          ]
        : []),
      ...notCreatable(snapshot),
    ],
  };
}
