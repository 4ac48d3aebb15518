/**
 * `provision_environment`: an environment with sign-in, API and storage, from a few words or from a snapshot. What
 * fits is left alone, what differs is told, and a call that was interrupted is simply made again.
 */
import { z } from 'zod';
import { ServerError } from '../../errors.ts';
import { anyObject, longText } from '../../operations/bounds.ts';
import { confirmationToken, dryRun } from '../../operations/define.ts';
import { appIdOrName, backendEnvironmentName } from '../../operations/ids.ts';
import type { Workflow, WorkflowContext } from '../define.ts';
import { DEFAULT_SECONDS, timeoutSeconds } from '../follow.ts';
import { readSnapshotDocument } from '../snapshot/document.ts';
import { takeSnapshot } from '../snapshot/index.ts';
import { categories, readerOn, readSteps } from '../snapshot/read.ts';
import { readSnapshotUri } from '../snapshot/uri.ts';
import { type Declaration, declaration, fromDeclaration } from './declaration.ts';
import { findSite, look, type Site } from './look.ts';
import { planSteps } from './plan.ts';
import { fromSnapshot } from './restoration.ts';
import { takeSteps } from './take-steps.ts';
import { judge } from './verdict.ts';
import { toolsOf, type Wanted } from './wanted.ts';

/** The checked arguments. */
interface ProvisionArguments extends Declaration {
  readonly app: string;
  readonly environment: string;
  readonly snapshot?: unknown;
  readonly like?: string;
  readonly overwrite?: boolean;
  readonly target?: string;
  readonly timeoutSeconds?: number;
  readonly dryRun?: boolean;
  readonly confirmationToken?: string;
}

const object = z.record(z.string(), z.unknown());
const list = z.array(z.unknown());

const invalid = (message: string) =>
  new ServerError('invalid_arguments', { message: `${message} Nothing was sent to AWS.` });

/** The document that is meant: the one that was handed in, or what its URI reads as. */
async function snapshotOf(
  context: WorkflowContext,
  { snapshot, like, target }: ProvisionArguments,
): Promise<unknown> {
  if (like === undefined) return snapshot;
  const address = readSnapshotUri(like);
  if (!address)
    throw invalid(
      'like is no URI of a snapshot: amplify-backend://apps/{appId}/environments/{name}/snapshot.',
    );
  return takeSnapshot(readerOn(context, target), address);
}

/** @throws RegisteredError invalid_arguments where it cannot be read */
async function checkSchema(schema: string): Promise<void> {
  const { readDefinitions } = await import('../../environment/schema.ts');
  const unreadable = await readDefinitions(schema, () => undefined);
  if (unreadable !== undefined) throw invalid(`api.schema ${unreadable}.`);
}

async function wantedBy(context: WorkflowContext, args: ProvisionArguments, site: Site): Promise<Wanted> {
  const { auth, api, storage, snapshot, like } = args;
  const isDeclared = (auth ?? api ?? storage) !== undefined;
  if ([isDeclared, snapshot !== undefined, like !== undefined].filter(Boolean).length > 1)
    throw invalid('Say it in one way: auth, api and storage, or snapshot, or like.');
  if (api) await checkSchema(api.schema);
  const { appId, appName, environment } = site;
  if (snapshot !== undefined || like !== undefined) {
    const document = readSnapshotDocument(await snapshotOf(context, args));
    return fromSnapshot(document, { appId, backendEnvironmentName: environment });
  }
  const hasUsers = auth !== undefined || (isDeclared && (await look(context, site)).found.auth !== undefined);
  return fromDeclaration({ auth, api, storage }, { appName, environment, hasUsers });
}

export const provisionEnvironment: Workflow = {
  toolName: 'provision_environment',
  title: 'Set up an environment as declared',
  access: 'update',
  steps: [
    ...readSteps,
    ...['get_backend_api_models', 'list_backend_jobs', 'get_backend_job', 'create_backend'],
    ...categories.flatMap(category => Object.values(toolsOf(category))),
  ],
  iamActions: ['amplify:ListApps'],
  toolInput: z.strictObject({
    app: appIdOrName,
    environment: backendEnvironmentName,
    ...declaration,
    snapshot: anyObject().optional(),
    like: longText().max(500).optional(),
    overwrite: z.boolean().optional(),
    timeoutSeconds,
    dryRun,
    confirmationToken,
  }),
  // A step and a difference are told by their members; each word of a schema is paid for in each list of the tools.
  output: z.object({
    verdict: z.string(),
    appId: z.string(),
    environment: z.string(),
    steps: list,
    differs: list,
    nextSteps: z.array(z.string()),
    job: object,
    plan: object,
    notes: z.array(z.string()),
  }),

  async run(rawArgs, context) {
    const startedAt = performance.now();
    const args = rawArgs as unknown as ProvisionArguments;
    const { app, environment, target, overwrite = false, timeoutSeconds: seconds = DEFAULT_SECONDS } = args;
    const site = await findSite(context, app, environment, target);
    const wanted = await wantedBy(context, args, site);
    const deadline = startedAt + seconds * 1000;
    const work = { site, wanted, overwrite, deadline, confirmationToken: args.confirmationToken };
    return args.dryRun ? planSteps(context, work) : judge(work, await takeSteps(context, work));
  },
};
