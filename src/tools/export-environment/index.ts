/** `export_environment`: what the API knows of an environment as one document, to be kept, compared and restored. */
import { z } from 'zod';
import { jsonText, quoteName, quoteNames } from '../../lib/quote.ts';
import { appIdOrName, backendEnvironmentName } from '../../operations/ids.ts';
import { whereWithheld } from '../../secrets/where-withheld.ts';
import { defineTool } from '../define.ts';
import { notes } from '../shared/output.ts';
import { readOn } from '../shared/read.ts';
import { type Snapshot, snapshotSchema, takeSnapshot } from '../shared/snapshot/index.ts';
import { readSteps } from '../shared/snapshot/read.ts';
import { snapshotUri } from '../shared/snapshot/uri.ts';

/** The most characters of a document that the text shows, and that the structured content holds. */
const LONGEST_TEXT = 9_000;
const LONGEST_ANSWERED = 40_000;

/** What the document holds, a sentence each. */
function contentText({ auth, api, storage, functions, hosting, others }: Snapshot): string[] {
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

function notesOf(snapshot: Snapshot, isShown: boolean): string[] {
  const { withheld, region, environment, notes = [] } = snapshot;
  return [
    'The snapshot does not contain data, files, users or the code of functions.',
    ...notes,
    ...(withheld.length > 0 ? [`Withheld (${withheld.length}): ${quoteNames(withheld)}.`] : []),
    ...(region === undefined
      ? [`${environment} was only registered and never deployed: there is nothing to restore from it.`]
      : []),
    ...(isShown
      ? []
      : [
          'The document is too long for an answer: read all of it by its URI.',
          ...whereWithheld({ ...snapshot }),
        ]),
  ];
}

export const exportEnvironment = defineTool({
  toolName: 'export_environment',
  title: 'Export an environment as a snapshot',
  access: 'read',
  steps: [...readSteps, 'get_backend_api_models'],
  iamActions: ['amplify:ListApps'],
  input: z.strictObject({
    app: appIdOrName,
    environment: backendEnvironmentName,
  }),
  output: z.strictObject({
    snapshot: snapshotSchema.optional(),
    uri: z.string().describe('Resource of the snapshot'),
    notes,
  }),

  async run({ app, environment, target }, context) {
    const { appId } = await context.findApp(app, target, context.signal);
    const ref = { appId, backendEnvironmentName: environment };
    const snapshot = await takeSnapshot(readOn(context, target), ref);
    const uri = snapshotUri(ref);
    const { length } = jsonText(snapshot);
    const isShown = length <= LONGEST_ANSWERED;
    const text = [
      `Snapshot of ${environment}. ${contentText(snapshot).join(' ')}`,
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
});
