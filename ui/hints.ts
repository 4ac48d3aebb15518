/** What a person at the page can do after a failure. The server's own hints are written for an agent. */
import type { ErrorCode } from '../src/errors.ts';
import { answerIn, type Common, textIn } from './answers.ts';
import type { ToolResult } from './host.ts';

const DOCTOR = 'On the machine of the server, amplify-backend-mcp doctor shows more.';
const AGAIN = 'Try again in some seconds.';
const LOOK = 'Look at the board before you ask for it again.';

const hints: Readonly<Record<ErrorCode, string>> = {
  invalid_arguments: 'Correct what is named above, and try again.',
  bad_request: 'Compare what was asked for with what the board shows, and correct it.',
  pending_job: 'The board shows the job that runs. Try again once it has ended.',
  stack_in_the_way: 'Wait until CloudFormation has ended, or do what the message says about the stack.',
  in_migration:
    'Go on with the migration to Gen 2. The operator of this server can let the call through with the setting allowMigrated.',
  not_found: 'Look at the board for what there is now.',
  throttled: AGAIN,
  busy: AGAIN,
  service_unavailable: AGAIN,
  outcome_unknown: LOOK,
  service_reported_error: LOOK,
  credentials_missing: `Give the server AWS credentials: type aws configure, or aws sso login. ${DOCTOR}`,
  credentials_expired: `Renew them: type aws sso login, then try again. ${DOCTOR}`,
  credentials_refused: `Check the access key, the secret and the region that the server uses. ${DOCTOR}`,
  clock_skew: `Set the clock of the machine that runs the server. ${DOCTOR}`,
  access_denied: `Ask for the IAM action that is named above. ${DOCTOR}`,
  region_missing: `Set a region: the flag --region, AWS_REGION, or region in the AWS profile. ${DOCTOR}`,
  not_sent: `Check the network, the region, AWS_ENDPOINT_URL and the proxy. ${DOCTOR}`,
  unreachable: `Check the network, the region and AWS_ENDPOINT_URL, then try again. ${DOCTOR}`,
  policy_denied: 'The operator of this server can change the setting that is named above.',
  confirmation_required:
    'Under the setting confirmBy of this server, this page cannot confirm the call. The operator of this server can set it to person or form-or-token.',
  confirmation_unavailable:
    'Type amplify-backend-mcp call with this tool in a terminal. The operator of this server can also set confirmBy to form-or-token.',
  confirmation_declined: 'There is nothing more to do.',
  confirmation_cancelled: 'Ask for the plan again to decide.',
  confirmation_mismatch: 'Type the name as it stands in the plan.',
  confirmation_invalid: 'Ask for the plan again, and decide by what it shows then.',
  confirmation_used: 'The board shows what runs and what is there now.',
  store_unavailable: `${AGAIN} If it still fails, check the Redis of this server.`,
  audit_unavailable: 'Check the file that the setting auditFile names: its folder, its rights, and the disk.',
  vault_unusable: 'Check the settings vaultFile and vaultKey: type amplify-backend-mcp vault list.',
  seal_key_unusable: 'Check the setting sealKey of this server.',
  job_failed: "Read AWS's words above, and look at the stack in the AWS console.",
  job_vanished: 'How it ended is unknown. Look at the board.',
  task_interrupted: 'Ask for it again: it continues from what exists, and nothing is started twice.',
  token_expired: `Sign in again. ${LOOK}`,
  cancelled: LOOK,
  internal: 'This is a defect of the server. Its log, on stderr, says more.',
};

/** What to do after a failure with this code; undefined for a code that only a newer server has. */
export const hintFor = (code: string | undefined): string | undefined =>
  code !== undefined && Object.hasOwn(hints, code) ? hints[code as ErrorCode] : undefined;

/** What failed and what a person can do, without the text for an agent. */
export function messageIn(result: ToolResult): string {
  const { error } = answerIn<Common>(result);
  return error?.message === undefined
    ? textIn(result)
    : [error.message, hintFor(error.code)].filter(Boolean).join(' ');
}
