/** `export_environment`: what the API knows of an environment as one document, to be kept, compared and restored. */
import { z } from 'zod';
import { jsonText, quoteName, quoteNames } from '../../lib/quote.ts';
import { appIdOrName, backendEnvironmentName } from '../../operations/ids.ts';
import type { Workflow } from '../define.ts';
import { type Snapshot, takeSnapshot } from '../snapshot/index.ts';
import { readerOn, readSteps } from '../snapshot/read.ts';
import { snapshotUri } from '../snapshot/uri.ts';

/** Characters of the document in the text of an answer; and in the answer for programs, who need it in one piece. */
const LONGEST_TEXT = 9_000;
const LONGEST_ANSWERED = 40_000;

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

function notesOf({ withheld, region, environment, notes = [] }: Snapshot, isShown: boolean): string[] {
  return [
    'Not in it: data, files, users, the code of functions.',
    ...notes,
    ...(withheld.length > 0
      ? [`Withheld (${withheld.length}): ${quoteNames(withheld)}. Message texts count as secrets to AWS.`]
      : []),
    ...(region === undefined
      ? [`${environment} was only registered and never deployed: there is nothing to restore from it.`]
      : []),
    ...(isShown ? [] : ['The document is too long for an answer: its URI reads as all of it.']),
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
    const { length } = jsonText(snapshot);
    const isShown = length <= LONGEST_ANSWERED;
    const text = [
      `Snapshot of ${environment}. ${contentOf(snapshot).join(' ')}`,
      `Read live as ${uri}; provision_environment takes it as snapshot, or by that URI as like.`,
      ...(length > LONGEST_TEXT ? [`The document has ${length} characters: read it by its URI.`] : []),
    ].join('\n');
    return {
      answer: { ...(isShown && { snapshot }), uri },
      text,
      isTextWhole: length > LONGEST_TEXT,
      notes: notesOf(snapshot, isShown),
    };
  },
};
