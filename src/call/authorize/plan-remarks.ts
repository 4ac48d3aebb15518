/** Sentences of a plan about effects that neither the arguments nor an environment's resources show. */
import type { Target } from '../../aws/targets.ts';
import { toServerError } from '../../errors.ts';
import { quoteName, quoteNames } from '../../lib/quote.ts';
import type { Operation } from '../../operations/define.ts';
import { pullCommand } from '../../secrets/where-withheld.ts';

/** A write that is planned but not sent. */
export interface PlannedWrite {
  readonly operation: Operation;
  readonly args: Readonly<Record<string, unknown>>;
  readonly target: Target;
  readonly signal?: AbortSignal | undefined;
}

/** What was read; undefined where the read failed: a plan is shown without it. @throws ServerError cancelled */
export async function ifReadable<Value>(reading: Promise<Value>): Promise<Value | undefined> {
  try {
    return await reading;
  } catch (thrown) {
    if (toServerError(thrown).code === 'cancelled') throw thrown;
    return undefined;
  }
}

/** The branches of an app's hosting, in words. */
async function branchesText({ amplify }: Target, appId: string, signal: AbortSignal | undefined) {
  const branches = await ifReadable(amplify.listBranches(appId, signal));
  if (!branches) return 'branches that could not be listed';
  return branches.length === 0 ? 'no branch' : `branches ${quoteNames(branches.map(({ name }) => name))}`;
}

/** What is lost besides the contents of environments, a sentence each. */
export async function otherLosses({ operation, args, target, signal }: PlannedWrite): Promise<string[]> {
  const appId = String(args.appId);
  switch (operation.toolName) {
    case 'remove_all_backends':
      return args.cleanAmplifyApp === true
        ? [
            `The Amplify app ${quoteName(appId)} itself, with its hosting, its domains and its builds: ${await branchesText(target, appId, signal)}.`,
          ]
        : [];
    case 'remove_backend_config':
      return [
        "The app's Admin UI: the resources that AWS set up for it, and the access of everyone who uses it.",
      ];
    case 'delete_token':
      return [`The challenge token of the session ${quoteName(String(args.sessionId))}.`];
    default:
      return [];
  }
}

/** What a person should know before a challenge token is made. */
const tokenRemarks = (appId: unknown, showsSecrets: boolean) => [
  showsSecrets
    ? 'The challenge code will be shown to the model.'
    : 'Nobody will see the challenge code: this server withholds it, unless it is started with --reveal-secrets.',
  `A token opens the Admin UI. To get the project on a computer, no token is needed: type ${pullCommand({ appId: String(appId) })}`,
];

/** What a request does, where its arguments alone do not say it. @param showsSecrets whether answers reveal them */
export function requestRemarks(
  { operation, args }: Pick<PlannedWrite, 'operation' | 'args'>,
  showsSecrets: boolean,
): string[] {
  const { backendEnvironmentName: from, targetEnvironmentName: to } = args;
  switch (operation.toolName) {
    case 'clone_backend':
      return [`Copies environment ${quoteName(String(from))} to ${quoteName(String(to))}, which is new.`];
    case 'create_token':
      return tokenRemarks(args.appId, showsSecrets);
    case 'update_backend_job':
      return ["Rewrites the job's record. AWS cannot cancel a job: the job itself goes on."];
    default:
      return [];
  }
}
