/** `export_environment`: what the API knows of an environment as one document, to be kept, compared and restored. */
import { z } from 'zod';
import { snapshotUri } from '../execute/snapshot-uri.ts';
import { quoteName, quoteNames } from '../lib/quote.ts';
import { appIdOrName, backendEnvironmentName } from '../operations/ids.ts';
import type { Workflow } from './define.ts';
import { type Snapshot, takeSnapshot } from './snapshot.ts';
import { readerOn, readSteps } from './snapshot-read.ts';

function contentOf({ auth, api, storage, functions, hosting, others }: Snapshot): string[] {
  const settings = Object.entries({ auth, api, storage }).flatMap(([category, resource]) =>
    resource
      ? [`${quoteName(`${category}/${resource.resourceName}`)}${resource.imported ? ' (imported)' : ''}`]
      : [],
  );
  const names = [
    ...functions.map(name => `function/${name}`),
    ...hosting.map(name => `hosting/${name}`),
    ...others.map(({ category, resourceName }) => `${category}/${resourceName}`),
  ];
  return [
    settings.length > 0 ? `With their settings: ${settings.join(', ')}.` : 'It has no auth, API or storage.',
    ...(names.length > 0 ? [`By name only: ${quoteNames(names)}.`] : []),
  ];
}

export const exportEnvironment: Workflow = {
  toolName: 'export_environment',
  title: 'Export an environment as a snapshot',
  access: 'read',
  steps: [...readSteps, 'get_backend_api_models'],
  iamActions: ['amplify:ListApps'],
  toolInput: z.strictObject({
    app: appIdOrName,
    environment: backendEnvironmentName,
  }),
  output: z.object({ snapshot: z.object({}), uri: z.string(), notes: z.array(z.string()) }),

  async run(args, context) {
    const { app, environment, target } = args as Record<'app' | 'environment', string> & { target?: string };
    const { appId } = await context.findApp(app, target, context.signal);
    const place = { appId, backendEnvironmentName: environment };
    const snapshot = await takeSnapshot(readerOn(context, target), place);
    const uri = snapshotUri(place);
    const text = [
      `Snapshot of ${environment}. ${contentOf(snapshot).join(' ')}`,
      `Read live as ${uri}; provision_environment takes it as snapshot, or by that URI as like.`,
    ].join('\n');
    const { withheld } = snapshot;
    const notes = [
      'Not in it: data, files, users, the code of functions.',
      ...(withheld.length > 0
        ? [`Withheld (${withheld.length}): ${quoteNames(withheld)}. Message texts count as secrets to AWS.`]
        : []),
      ...(snapshot.region === undefined
        ? [`${environment} was only registered and never deployed: there is nothing to restore from it.`]
        : []),
    ];
    return { answer: { snapshot, uri }, text, notes };
  },
};
