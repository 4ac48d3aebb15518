/**
 * `provision_environment`: creates an environment with sign-in, API and storage from a short declaration or a snapshot.
 * It does not change what is already as declared, reports what differs, and can be called again after an interruption.
 */
import { z } from 'zod';
import { ServerError } from '../../errors.ts';
import { quoteName } from '../../lib/quote.ts';
import { anyObject, longText } from '../../operations/bounds.ts';
import { confirmationToken, dryRun } from '../../operations/define.ts';
import { appIdOrName, backendEnvironmentName, newEnvironmentName } from '../../operations/ids.ts';
import type { ArgumentsOf } from '../../operations/validate.ts';
import { defineTool, type ToolContext } from '../define.ts';
import { DEFAULT_SECONDS, timeoutSeconds } from '../shared/follow-job.ts';
import { readOn } from '../shared/read.ts';
import { readSnapshotDocument } from '../shared/snapshot/document.ts';
import { takeSnapshot } from '../shared/snapshot/index.ts';
import { categories, readSteps } from '../shared/snapshot/read.ts';
import { readSnapshotUri } from '../shared/snapshot/uri.ts';
import { type Destination, findDestination, readCurrentState } from './current-state.ts';
import { declaration, fromDeclaration } from './declaration.ts';
import { IMPORT_AUTH } from './existing-pool.ts';
import { fromSnapshot } from './from-snapshot.ts';
import { output } from './output.ts';
import { planSteps } from './plan.ts';
import { runSteps } from './run-steps.ts';
import { outcomeOf } from './verdict.ts';
import { toolsOf, type Wanted } from './wanted.ts';

const input = z.strictObject({
  app: appIdOrName,
  environment: backendEnvironmentName.describe('Environment name; a new one: 2-10 lower-case letters'),
  ...declaration,
  snapshot: anyObject()
    .optional()
    .describe('Document of export_environment, in place of auth, api and storage'),
  like: longText().max(500).optional().describe('URI of a snapshot, in place of these'),
  overwrite: z.boolean().optional().describe('Change what differs. Default false: only report it'),
  timeoutSeconds,
  dryRun,
  confirmationToken,
});

type ProvisionArguments = ArgumentsOf<typeof input>;

const invalid = (message: string) =>
  new ServerError('invalid_arguments', { message: `${message} Nothing was sent to AWS.` });

/** The snapshot that was passed, or the one that its URI names. */
async function readSnapshot(
  context: ToolContext,
  { snapshot, like, target }: ProvisionArguments,
): Promise<unknown> {
  if (like === undefined) return snapshot;
  const ref = readSnapshotUri(like);
  if (!ref)
    throw invalid(
      'like is not the URI of a snapshot: amplify-backend://apps/{appId}/environments/{name}/snapshot.',
    );
  return takeSnapshot(readOn(context, target), ref);
}

/** @returns possible mistakes, a sentence each @throws ServerError invalid_arguments where no API can have the schema */
async function checkSchema(schema: string): Promise<readonly string[]> {
  const { faultsText, findSchemaFaults } = await import('../../environment/schema-faults.ts');
  const found = await findSchemaFaults(schema);
  if ('unreadable' in found) throw invalid(`api.schema ${found.unreadable}.`);
  const { faults, doubts } = found.value;
  if (faults.length > 0) throw invalid(`api.schema: ${faultsText(faults)}`);
  return doubts;
}

/** What the arguments ask for. @throws ServerError */
async function readWanted(
  context: ToolContext,
  args: ProvisionArguments,
  destination: Destination,
): Promise<Wanted> {
  const { auth, api, storage, snapshot, like } = args;
  const isDeclared = (auth ?? api ?? storage) !== undefined;
  if ([isDeclared, snapshot !== undefined, like !== undefined].filter(Boolean).length > 1)
    throw invalid('Use one way: auth, api and storage, or snapshot, or like.');
  const doubts = api ? await checkSchema(api.schema) : [];
  const { appId, appName, environment, environments } = destination;
  if (!environments.includes(environment) && !newEnvironmentName.safeParse(environment).success)
    throw invalid(
      `${quoteName(environment)} does not exist, and no environment of that name can be created: a name has 2 to 10 lower-case letters.`,
    );
  if (snapshot !== undefined || like !== undefined) {
    const document = readSnapshotDocument(await readSnapshot(context, args));
    return fromSnapshot(document, { appId, backendEnvironmentName: environment });
  }
  const hasUsers =
    auth !== undefined ||
    (isDeclared && (await readCurrentState(context, destination)).found.auth !== undefined);
  const declared = fromDeclaration({ auth, api, storage }, { appName, environment, hasUsers });
  return { ...declared, nextSteps: [...doubts, ...declared.nextSteps] };
}

export const provisionEnvironment = defineTool({
  toolName: 'provision_environment',
  title: 'Set up an environment as declared',
  access: 'update',
  steps: [
    ...readSteps,
    ...['get_backend_api_models', 'list_backend_jobs', 'get_backend_job', 'create_backend'],
    ...categories.flatMap(category => Object.values(toolsOf(category))),
    IMPORT_AUTH,
  ],
  iamActions: ['amplify:ListApps'],
  input,
  output,

  async run(args, context) {
    const startedAt = performance.now();
    const { app, environment, target, overwrite = false, timeoutSeconds: seconds = DEFAULT_SECONDS } = args;
    const destination = await findDestination(context, app, environment, target);
    const wanted = await readWanted(context, args, destination);
    const deadline = startedAt + seconds * 1000;
    const provision = {
      ...{ destination, wanted, overwrite, deadline },
      confirmationToken: args.confirmationToken,
    };
    return args.dryRun
      ? planSteps(context, provision)
      : outcomeOf(provision, await runSteps(context, provision));
  },
});
